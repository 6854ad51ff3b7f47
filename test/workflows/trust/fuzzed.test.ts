/** Nothing malformed, empty or oversized stops a workflow, even if the right key has signed it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { PayloadCodec, Payload, WorkflowSerializationContext } from '@temporalio/common';
import { never } from '../fakes/activities.js';
import * as troubles from '../fakes/troubles.js';
import type { Engine } from '../fakes/engine.js';
import { eventually, withinLimit } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';
import { createAttacker, json, payload, type Attacker } from './attacker.js';

let world: World;
let attacker: Attacker;
before(async () => {
  world = await openWorld();
  attacker = createAttacker(world);
});
after(async () => world.close());

/** Starts at once, each under an id of its own. */
const LANES = 6;

const LONG = 'x'.repeat(200_000);

function nested(depth: number): Payload {
  const text = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  return payload(Buffer.from(text), { encoding: 'json/plain' });
}

/** What no schema fits, as content. */
const CONTENTS: unknown[] = [
  {},
  [],
  null,
  0,
  '',
  'text',
  { report: null, reason: null, epoch: null, gateId: null },
  { report: {}, crashCount: -1, epoch: 1.5, stopped: [null], reason: '', by: '' },
  { report: { engineId: '../..', instance: { epoch: 2 ** 60 } } },
  { epoch: 2 ** 60, stopped: LONG, reason: LONG, by: LONG, gateId: LONG },
  { epoch: 0, stopped: Array.from({ length: 20_000 }, String), reason: {}, gateId: {} },
  { epoch: 0, stopped: [], ballast: LONG, reason: 'r', by: 'b', gateId: 'g' },
  { constructor: 1, ['__proto__']: { epoch: 1 }, sent: { to: 'x' } },
  { sent: null, heard: {}, answers: {} },
];

/** What is no JSON of ours, as bytes. */
const PAYLOADS: Payload[] = [
  {},
  { metadata: null },
  { metadata: {}, data: Buffer.from('{}') },
  { data: Buffer.from('{}') },
  payload(Buffer.from('{"epoch":'), { encoding: 'json/plain' }),
  payload(Buffer.from([0xff, 0xfe, 0x00]), { encoding: 'json/plain' }),
  payload(new Uint8Array(), { encoding: 'json/plain' }),
  payload(new Uint8Array(), { encoding: 'binary/null' }),
  payload(Buffer.from('{}'), { encoding: 'binary/plain' }),
  payload(Buffer.from('{}'), { encoding: 'binary/protobuf', messageType: 'x.Y' }),
  payload(Buffer.from('{}'), { encoding: 'json/protobuf' }),
  payload(Buffer.from('{}'), { encoding: 'binary/encrypted' }),
  payload(Buffer.from('{}'), { encoding: 'x'.repeat(5_000) }),
  json({}, { 'relight-key': 'control-1', 'relight-sig': 'short' }),
  json({}, { 'relight-key': '', 'relight-sig': '' }),
  json({}, { 'relight-key': 'k'.repeat(5_000), 'relight-sig': 's'.repeat(64) }),
  json({}, { 'relight-sig': 's'.repeat(64) }),
  json({}, { 'relight-by': '{"by":{"role":"control","host":null,"keyId":"x"}}' }),
  json({}, { 'relight-by': 'no JSON' }),
  nested(20_000),
];

async function signed(codec: PayloadCodec, workflowId: string, content: unknown): Promise<Payload> {
  const context: WorkflowSerializationContext = {
    type: 'workflow',
    namespace: 'default',
    workflowId,
  };
  const [made] = await codec.encode([json(content)], context);
  assert.ok(made !== undefined);
  return made;
}

let count = 0;

/** Each content plain, signed by its rightful sender, and signed with an envelope that fits. */
async function everything(codec: PayloadCodec, workflowId: string, name: string) {
  const whole = CONTENTS.filter((content) => content !== null && typeof content === 'object');
  const enveloped = whole
    .filter((content) => !Array.isArray(content))
    .map((content) => {
      count += 1;
      const sent = { to: workflowId, name, id: `fuzz-${count}`, atMs: Date.now() };
      return { ...content, sent };
    });
  const payloads = [
    ...CONTENTS.map((content) => json(content)),
    ...(await Promise.all(CONTENTS.map((content) => signed(codec, workflowId, content)))),
    ...(await Promise.all(enveloped.map((content) => signed(codec, workflowId, content)))),
    ...PAYLOADS,
  ];
  return [[], ...payloads.map((one) => [one]), [json({}), json({})]];
}

async function open(): Promise<Engine> {
  const engine = world.engine({ fakes: troubles.crashCause('unknown') });
  await engine.crash();
  await engine.gate('automatic_recovery');
  return engine;
}

async function allHandled(engine: Engine, at: 'guardian' | 'recovery', sent: number) {
  return eventually(`${sent} are refused by the ${at}`, async () => {
    const { refused } = at === 'guardian' ? await engine.status() : await engine.record();
    return refused?.count === sent;
  });
}

describe('whatever comes', () => {
  test('as a signal to a guardian or a recovery, both answer and go on', async () => {
    const { codec } = world.keys.of('control');
    const engine = await open();
    const progress = await everything(codec, engine.guardian.workflowId, 'recoveryProgress');
    for (const payloads of progress) {
      await attacker.signal(engine.guardian.workflowId, 'recoveryProgress', payloads);
    }
    const again = await everything(codec, engine.workflowId, 'crashedAgain');
    const decisions = await everything(codec, engine.workflowId, 'decideBySignal');
    for (const payloads of again)
      await attacker.signal(engine.workflowId, 'crashedAgain', payloads);
    for (const payloads of decisions) {
      await attacker.signal(engine.workflowId, 'decideBySignal', payloads);
    }
    await attacker.signal(engine.workflowId, 'noSuchSignal', []);
    await allHandled(engine, 'guardian', progress.length);
    await allHandled(engine, 'recovery', again.length + decisions.length);
    const { epoch } = await engine.status();
    assert.equal(epoch, 1);
    await engine.approve('automatic_recovery');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('as an update, it is refused with a reason and the workflow answers', async () => {
    const engine = await open();
    const senders = {
      reportCrash: world.keys.of('host', world.host),
      holdEngine: world.keys.of('operator'),
      releaseHold: world.keys.of('operator'),
    };
    const { workflowId } = engine.guardian;
    for (const [name, { codec }] of Object.entries(senders)) {
      for (const payloads of await everything(codec, workflowId, name)) {
        const why = await withinLimit(name, attacker.update(workflowId, name, payloads));
        const fits = why === null && name !== 'reportCrash';
        assert.ok(
          fits || why !== null,
          `${name} was taken: ${JSON.stringify(payloads).slice(0, 200)}`,
        );
      }
    }
    const { codec } = world.keys.of('operator');
    for (const payloads of await everything(codec, engine.workflowId, 'decide')) {
      const why = await withinLimit(
        'decide',
        attacker.update(engine.workflowId, 'decide', payloads),
      );
      assert.notEqual(why, null);
    }
    assert.match(
      (await attacker.update(workflowId, 'noSuchUpdate', [])) ?? '',
      /No registered handler/,
    );
    await engine.release({ reason: 'over', by: 'olga' });
    assert.equal((await engine.reportAnew()).disposition, 'duplicate');
    await engine.approve('automatic_recovery');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('as a question, it is answered as ever', async () => {
    const engine = await open();
    const { codec } = world.keys.of('operator');
    for (const payloads of await everything(codec, engine.workflowId, 'openGate')) {
      await withinLimit('openGate', attacker.query(engine.workflowId, 'openGate', payloads));
    }
    assert.notEqual(await engine.gate('automatic_recovery'), null);
  });

  test('as the input of a workflow, it is closed and does not hang', async () => {
    const engine = world.engine();
    const { codec } = world.keys.of('host', world.host);
    const { workflowId } = engine.guardian;
    const startAll = async (lane: number) => {
      const id = lane === 0 ? workflowId : `${workflowId}-${lane}`;
      for (const type of ['engineGuardian', 'recoverEngine']) {
        const all = await everything(codec, id, type);
        for (const payloads of all.filter((_, index) => index % LANES === lane)) {
          const options = { type, taskQueue: 'relight', payloads };
          const started = await attacker.start(id, options);
          await withinLimit(type, assert.rejects(started.result(), /Workflow execution failed/));
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, lane) => startAll(lane)));
    assert.equal((await engine.crash()).disposition, 'opened');
    await engine.ended();
  });

  test('as the result of an activity, people are asked', async () => {
    const results = [
      json({}),
      {},
      nested(20_000),
      payload(Buffer.from('{'), { encoding: 'json/plain' }),
    ];
    const answers = async (result: Payload) => {
      const engine = world.engine({
        fakes: { measureExposure: never },
      });
      await engine.crash();
      await engine.called('measureExposure');
      const { events } = await engine.recovery.fetchHistory();
      const scheduled = events?.flatMap((e) => e.activityTaskScheduledEventAttributes ?? []) ?? [];
      const running = scheduled.find(
        ({ activityType }) => activityType?.name === 'measureExposure',
      );
      await attacker.complete(engine.workflowId, running?.activityId ?? '', result);
      const gate = await engine.gate('manual_recovery');
      assert.match(gate.question, /the result of measureExposure is not/);
    };
    await Promise.all(results.map(answers));
  });
});
