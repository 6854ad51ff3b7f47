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
} from '../../../activities/procedures/stopping/stop-engine.js';
import { ALWAYS } from '../../../activities/procedures/lease.js';
import { createStopActivities } from '../../../activities/steps/stop.js';
import { SILENT } from '../../../workflows/domain/failure.js';
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
  /** How many looks at the processes fail first. */
  unreadable?: number;
  /** Who answers at the control surface; nobody where nothing is told. */
  answers?: string;
}

function fakeHost({ live = [ENGINE], shutdown, dies = true, unreadable = 0, answers }: Fake) {
  const did: string[] = [];
  let looks = 0;
  const control = {
    quickHealth: async () => {
      if (answers === undefined) throw failure('EngineUnreachable', 'for the test');
      return { instanceId: answers };
    },
    shutdown: async () => {
      did.push('asked');
      await shutdown?.(live);
    },
  } as unknown as EngineControl;
  const host: StopPorts = {
    clock: { nowMs: () => Date.now() },
    control: () => control,
    processes: {
      ofEngine: async () => {
        looks += 1;
        if (looks <= unreadable) throw Object.assign(new Error('with a path'), { code: 'EACCES' });
        return [...live];
      },
      kill: async ({ pid }, signal) => {
        did.push(`${signal} ${pid}`);
        if (dies) live.splice(0, live.length, ...live.filter((each) => each.pid !== pid));
      },
    },
  };
  return { host, did };
}

type Refusal = 'EngineUnreachable' | 'EngineRefused' | 'StaleEpoch';
const refusing = (kind: Refusal, detail?: object) => async () => {
  throw failure(kind, 'for the test', detail);
};
const hanging = () => new Promise<void>(() => undefined);

test('an engine that stops when it is asked is not killed', async () => {
  const { host, did } = fakeHost({ shutdown: async (live) => void live.splice(0) });
  const { asked, seen, killed, left } = await stopEngine(host, REQUEST, AT_ONCE);
  assert.deepEqual([asked, seen, killed, left], [{ answer: 'accepted' }, true, false, []]);
  assert.deepEqual(did, ['asked']);
});

test('an engine that agrees and stays, refuses, is silent, fails or hangs is killed', async () => {
  const answers = [
    [async () => undefined, 'accepted'],
    [refusing('EngineRefused'), 'refused'],
    [refusing('EngineUnreachable', SILENT), 'silent'],
    [refusing('EngineUnreachable'), 'unclear'],
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

const inRecovery = (fake: Fake, { host } = fakeHost(fake)) => {
  const fence = { raise: async () => undefined };
  const activities = createStopActivities({ ...host, fence, lease: () => ALWAYS } as never);
  const { engineId, mode, stamp } = REQUEST;
  return () => activities.stopEngine({ engineId, instanceId: 'desk-e5', mode, ...stamp });
};

test('processes that cannot be read are no proof that it is gone', async () => {
  const { host, did } = fakeHost({ unreadable: Infinity });
  const { trouble } = await stopEngine(host, REQUEST, AT_ONCE);
  assert.ok(trouble.every(({ kind }) => kind === 'processes_unreadable') && trouble.length > 0);
  assert.deepEqual(did, ['asked']);
  const stopping = new MockActivityEnvironment().run(inRecovery({ unreadable: Infinity }));
  await assert.rejects(stopping, (error) => isFailure(error, 'ProcessesUnreadable'));
});

test('one look that cannot be read does not fail the stop', async () => {
  const fake = { unreadable: 1, shutdown: async (live: EngineProcess[]) => void live.splice(0) };
  const stopping = new MockActivityEnvironment().run(inRecovery(fake));
  const { detail } = (await stopping) as { detail: string };
  assert.match(detail, /^desk-e5 \((?:pid \d+|no process of it seen)\): asked to stop; gone$/);
});

const BY_HAND: EngineProcess = { pid: 8, startTicks: '2', instanceId: 'by-hand' };
const OTHERS: [string, Fake, string[]][] = [
  ['has taken its place', { live: [BY_HAND], answers: 'by-hand' }, []],
  ['has taken its place and answers nobody', { live: [BY_HAND] }, []],
  ['runs beside it', { live: [ENGINE, BY_HAND], answers: 'by-hand' }, ['SIGKILL 7']],
  ['answers and is not seen', { live: [], answers: 'by-hand' }, []],
];
for (const [what, fake, done] of OTHERS) {
  test(`another instance that ${what} is neither asked nor killed, and told of`, async () => {
    const faked = fakeHost({ ...fake, live: [...(fake.live ?? [])] });
    const stopping = new MockActivityEnvironment().run(inRecovery(fake, faked));
    await assert.rejects(stopping, (error) => {
      assert.ok(isFailure(error, 'AnotherEngineAlive'), String(error));
      assert.match(error.message, /^by-hand .* lives and is not desk-e5/);
      return true;
    });
    assert.deepEqual(faked.did, done);
  });
}

test('a recovery that is cancelled waits neither for an answer nor for a death', async () => {
  for (const fake of [{ shutdown: hanging }, { dies: false }]) {
    const environment = new MockActivityEnvironment();
    const stopping = environment.run(inRecovery(fake));
    setImmediate(() => environment.cancel());
    await assert.rejects(stopping, { name: 'CancelledFailure' });
  }
});
