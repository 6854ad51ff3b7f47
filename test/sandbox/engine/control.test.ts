/** The control surface of the sandbox engine: epochs, repeated writes, and how it stops. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ComprehensiveHealth,
  ControlRefusal,
  EngineExposure,
  EngineStateAnswer,
  QuickHealth,
  RiskLimits,
  StateDigest,
} from '../../../workflows/domain/engine/control.js';
import { createRig, eventually, logLines, ready, type Rig } from './rig.js';

async function answering(rig: Rig): Promise<void> {
  await eventually('the engine answers', () => rig.get('/health/quick'));
}

test('answers as the published schemas say', async (t) => {
  const rig = await createRig(t);
  rig.launch({ epoch: 7, instanceId: 'the-instance' });
  await ready(rig);
  const schemas = {
    '/health/quick': QuickHealth,
    '/health/comprehensive': ComprehensiveHealth,
    '/state': EngineStateAnswer,
    '/state/digest': StateDigest,
    '/risk/limits': RiskLimits,
    '/risk/exposure': EngineExposure,
  };
  for (const [path, schema] of Object.entries(schemas)) schema.strict().parse(await rig.get(path));
  const health = ComprehensiveHealth.parse(await rig.get('/health/comprehensive'));
  assert.deepEqual(
    health.checks.filter(({ ok }) => !ok),
    [],
  );
  assert.equal(health.instanceId, 'the-instance');
  assert.equal(health.epoch, 7);
  assert.equal(QuickHealth.parse(await rig.get('/health/quick')).healthy, true);
});

test('refuses a stale epoch, a missing one, and a body it does not know', async (t) => {
  const rig = await createRig(t);
  rig.launch({ epoch: 3, trading: false });
  await answering(rig);
  const refusals = [
    { body: { percent: 10 }, stamp: { epoch: 2, key: 'a' }, status: 409, error: 'stale_epoch' },
    { body: { percent: 10 }, stamp: { key: 'b' }, status: 400, error: 'invalid' },
    { body: { percent: 10 }, stamp: { epoch: 3 }, status: 400, error: 'invalid' },
    { body: { percent: 101 }, stamp: { epoch: 3, key: 'c' }, status: 400, error: 'invalid' },
  ];
  for (const { body, stamp, status, error } of refusals) {
    const answer = await rig.post('/limits', body, stamp);
    assert.equal(answer.status, status);
    assert.equal(ControlRefusal.parse(answer.body).error, error);
  }
  assert.equal(ControlRefusal.parse(await rig.get('/nothing')).error, 'not_found');
  assert.equal(RiskLimits.parse(await rig.get('/risk/limits')).percent, 0);
});

test('refuses an epoch below one that it has seen', async (t) => {
  const rig = await createRig(t);
  rig.launch({ epoch: 3, trading: false });
  await answering(rig);
  await rig.post('/limits', { percent: 10 }, { epoch: 5, key: 'a' });
  const late = await rig.post('/limits', { percent: 90 }, { epoch: 4, key: 'b' });
  assert.equal(late.status, 409);
  assert.equal(RiskLimits.parse(await rig.get('/risk/limits')).percent, 10);
});

test('gives a repeated idempotency key one effect and one answer', async (t) => {
  const rig = await createRig(t);
  rig.launch({ trading: false });
  await answering(rig);
  const first = await rig.post('/limits', { percent: 50 }, { epoch: 1, key: 'fifty' });
  await rig.post('/limits', { percent: 75 }, { epoch: 1, key: 'seventy-five' });
  const again = await rig.post('/limits', { percent: 50 }, { epoch: 1, key: 'fifty' });
  assert.deepEqual(again, first);
  assert.equal(RiskLimits.parse(again.body).percent, 50);
  assert.equal(RiskLimits.parse(await rig.get('/risk/limits')).percent, 75);
  const other = await rig.post('/limits', { percent: 60 }, { epoch: 1, key: 'fifty' });
  assert.equal(other.status, 400);
});

test('stops at once in an emergency and leaves its orders', async (t) => {
  const rig = await createRig(t);
  const engine = rig.launch();
  await ready(rig);
  const before = (await rig.admin.requests()).writes.length;
  const answer = await rig.post('/shutdown', { mode: 'emergency' }, { epoch: 1, key: 'stop' });
  assert.equal(answer.status, 200);
  assert.deepEqual(await engine.exited, { code: 0, signal: null });
  await eventually('goodbye was said', () => rig.detector.messages.at(-1)?.type === 'goodbye');
  assert.equal((await rig.admin.requests()).writes.length, before);
});

test('says goodbye on SIGTERM', async (t) => {
  const rig = await createRig(t);
  const engine = rig.launch({ trading: false });
  await eventually('hello was said', () => rig.detector.messages[0]?.type === 'hello');
  await answering(rig);
  engine.kill('SIGTERM');
  assert.deepEqual(await engine.exited, { code: 0, signal: null });
  await eventually('goodbye was said', () => rig.detector.messages.at(-1)?.type === 'goodbye');
});

test('exits with 70 when its control port is taken', async (t) => {
  const rig = await createRig(t);
  rig.launch({ trading: false });
  await answering(rig);
  const second = rig.launch({ trading: false, logFile: `${rig.dataDir}/second.log` });
  assert.deepEqual(await second.exited, { code: 70, signal: null });
  assert.match(JSON.stringify(logLines(second)), /control port \d+ not bound/);
});

test('places nothing without trading', async (t) => {
  const rig = await createRig(t);
  rig.launch({ trading: false });
  await answering(rig);
  await rig.post('/strategies', { level: 'all' }, { epoch: 1, key: 'all' });
  await eventually('it follows its account', async () => {
    const { reads } = await rig.admin.requests();
    return (reads.kraken.openOrders ?? 0) > 1;
  });
  assert.deepEqual((await rig.admin.requests()).writes, []);
});
