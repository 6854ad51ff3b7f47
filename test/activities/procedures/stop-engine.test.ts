/** One algorithm for two callers: what is done, in which order, and what each calls a failure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { isFailure } from '../../../activities/errors.js';
import type { EngineControl, EngineProcess } from '../../../activities/ports.js';
import {
  stopEngine,
  type StopPorts,
  type StopRequest,
} from '../../../activities/procedures/stop-engine.js';
import { createStopActivities } from '../../../activities/steps/stop.js';
import { failure } from '../../../workflows/failure.js';

const ENGINE: EngineProcess = { pid: 7, startTicks: '1', instanceId: 'desk-e5' };
const AT_ONCE = { sleep: () => new Promise((resolve) => setImmediate(resolve)) };
const REQUEST: StopRequest = {
  engineId: 'desk',
  mode: 'emergency',
  stamp: { epoch: 5, idempotencyKey: 'stop' },
  sparesLater: true,
  waits: { answerMs: 0, acceptedMs: 20, otherwiseMs: 0, killedMs: 20 },
};

interface Fake {
  live?: EngineProcess[];
  /** What being asked does; the process stays where nothing is told. */
  shutdown?: (live: EngineProcess[]) => Promise<void>;
  dies?: boolean;
  unreadable?: boolean;
}

function fakeHost({ live = [ENGINE], shutdown, dies = true, unreadable = false }: Fake) {
  const did: string[] = [];
  const control = {
    shutdown: async () => {
      did.push('asked');
      await shutdown?.(live);
    },
  } as unknown as EngineControl;
  const host: StopPorts = {
    clock: { nowMs: () => Date.now() },
    control: () => control,
    processes: {
      liveness: async () => 'gone',
      ofEngine: async () => {
        if (unreadable) throw Object.assign(new Error('with a path'), { code: 'EACCES' });
        return [...live];
      },
      kill: async ({ pid }, signal) => {
        did.push(`${signal} ${pid}`);
        if (dies) live.splice(0);
      },
    },
  };
  return { host, did };
}

const refusing = (kind: 'EngineUnreachable' | 'EngineRefused' | 'StaleEpoch') => async () => {
  throw failure(kind, 'for the test');
};
const hanging = () => new Promise<void>(() => undefined);

test('an engine that stops when it is asked is not killed', async () => {
  const { host, did } = fakeHost({ shutdown: async (live) => void live.splice(0) });
  const { asked, seen, killed, left } = await stopEngine(host, REQUEST, AT_ONCE);
  assert.deepEqual([asked, seen, killed, left], [{ answer: 'accepted' }, true, false, []]);
  assert.deepEqual(did, ['asked']);
});

test('an engine that agrees and stays, refuses, is silent or hangs is killed', async () => {
  const answers = [
    [async () => undefined, 'accepted'],
    [refusing('EngineRefused'), 'refused'],
    [refusing('EngineUnreachable'), 'silent'],
    [hanging, 'late'],
  ] as const;
  for (const [shutdown, answer] of answers) {
    const { host, did } = fakeHost({ shutdown });
    const stopped = await stopEngine(host, REQUEST, AT_ONCE);
    assert.deepEqual([stopped.asked.answer, stopped.killed, stopped.left], [answer, true, []]);
    assert.deepEqual(did, ['asked', 'SIGKILL 7']);
  }
});

test('an engine is asked even where no process of it is seen, and waited for', async () => {
  let answered = false;
  const shutdown = async () => {
    await AT_ONCE.sleep();
    await AT_ONCE.sleep();
    answered = true;
  };
  const { host, did } = fakeHost({ live: [], shutdown });
  const { asked, seen, killed } = await stopEngine(host, REQUEST, AT_ONCE);
  assert.deepEqual([asked.answer, seen, killed, answered], ['accepted', false, false, true]);
  assert.deepEqual(did, ['asked']);
});

test('what does not die is left, and told', async () => {
  const { host } = fakeHost({ dies: false });
  const { killed, left } = await stopEngine(host, REQUEST, AT_ONCE);
  assert.deepEqual([killed, left], [true, [ENGINE]]);
});

test('one of a later epoch is spared by a recovery, and by no kill switch', async () => {
  const shutdown = refusing('StaleEpoch');
  const spared = fakeHost({ shutdown });
  await assert.rejects(stopEngine(spared.host, REQUEST, AT_ONCE), (error) =>
    isFailure(error, 'StaleEpoch'),
  );
  assert.deepEqual(spared.did, ['asked']);
  const forced = fakeHost({ shutdown });
  await stopEngine(forced.host, { ...REQUEST, sparesLater: false }, AT_ONCE);
  assert.deepEqual(forced.did, ['asked', 'SIGKILL 7']);
});

const inRecovery = (fake: Fake) => {
  const { host } = fakeHost(fake);
  const fence = { raise: async () => undefined };
  const activities = createStopActivities({ ...host, fence } as never);
  const { engineId, mode, stamp } = REQUEST;
  return () => activities.stopEngine({ engineId, instanceId: 'desk-e5', mode, ...stamp });
};

test('processes that cannot be read are no proof that it is gone', async () => {
  const { host, did } = fakeHost({ unreadable: true });
  const { trouble } = await stopEngine(host, REQUEST, AT_ONCE);
  assert.ok(trouble.every(({ kind }) => kind === 'processes_unreadable') && trouble.length > 0);
  assert.deepEqual(did, ['asked']);
  await assert.rejects(new MockActivityEnvironment().run(inRecovery({ unreadable: true })), {
    code: 'EACCES',
  });
});

test('a recovery that is cancelled waits neither for an answer nor for a death', async () => {
  for (const fake of [{ shutdown: hanging }, { dies: false }]) {
    const environment = new MockActivityEnvironment();
    const stopping = environment.run(inRecovery(fake));
    setImmediate(() => environment.cancel());
    await assert.rejects(stopping, { name: 'CancelledFailure' });
  }
});
