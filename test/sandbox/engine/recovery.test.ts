/** The sandbox engine boots from a recovered checkpoint, and from no damaged one. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  encodeCheckpoint,
  takenAtMs,
  validateCheckpoint,
} from '../../../workflows/domain/engine/checkpoint.js';
import { stateDigest, type EngineState } from '../../../workflows/domain/books/state.js';
import {
  ENGINE_ID,
  agreement,
  createRig,
  eventually,
  logLines,
  newestCheckpoint,
  ready,
} from './rig.js';
import type { Rig } from './rig.js';

interface Crashed {
  rig: Rig;
  file: string;
  state: EngineState;
  /** From when the recovered figures are. */
  asOfMs: number;
}

async function crashed(t: TestContext): Promise<Crashed> {
  const rig = await createRig(t);
  await rig.admin.holdPrice();
  const first = rig.launch();
  await ready(rig);
  const { sequence } = (await rig.get('/state/digest')) as { sequence: number };
  await eventually('a later checkpoint is on disk', () => readCheckpoint(rig).sequence > sequence);
  first.kill('SIGKILL');
  assert.deepEqual(await first.exited, { code: null, signal: 'SIGKILL' });
  const { state, sequence: last } = readCheckpoint(rig);
  const file = join(rig.dataDir, 'recovered.ckpt');
  const asOfMs = Date.now();
  const header = {
    version: 1,
    engineId: ENGINE_ID,
    instanceId: 'recovery',
    epoch: 2,
    sequence: last + 1,
    takenAtNs: `${asOfMs}000000`,
  };
  writeFileSync(file, encodeCheckpoint({ header, state }));
  return { rig, file, state, asOfMs };
}

function readCheckpoint(rig: Rig): { state: EngineState; sequence: number; atMs: number } {
  const limits = { engineId: ENGINE_ID, nowMs: Date.now(), oldMs: 60_000, absurdQuantity: '1000' };
  const { checkpoint } = validateCheckpoint(newestCheckpoint(rig.checkpointDir), limits);
  assert.ok(checkpoint !== null);
  const { state, header } = checkpoint;
  return { state, sequence: header.sequence, atMs: takenAtMs(header) };
}

test('boots from a recovered checkpoint, holds exactly it, and trades only when told', async (t) => {
  const { rig, file, state, asOfMs } = await crashed(t);
  const { writes } = await rig.admin.requests();
  const second = rig.launch({ state: file, epoch: 2 });
  const digest = await eventually('the second engine answers', () => rig.get('/state/digest'));
  assert.equal((digest as { digest: string }).digest, stateDigest(state));
  const order = state.orders.find(({ venue }) => venue === 'binanceusdm');
  assert.ok(order !== undefined);
  await rig.happen('/fill', { venue: 'binanceusdm', clientOrderId: order.clientOrderId });
  assert.equal(((await rig.get('/health/comprehensive')) as { trading: boolean }).trading, false);
  await eventually('its checkpoints go on', async () => {
    const { sequence } = (await rig.get('/state/digest')) as { sequence: number };
    return sequence > (digest as { sequence: number }).sequence + 1;
  });
  assert.equal(stateDigest(await rig.state()), stateDigest(state));
  assert.equal(readCheckpoint(rig).atMs, asOfMs, 'the fill since is not in them');
  assert.equal((await rig.admin.requests()).writes.length, writes.length);

  await rig.post('/limits', { percent: 50 }, { epoch: 2, key: 'limits-50' });
  await rig.post('/strategies', { level: 'low' }, { epoch: 2, key: 'low' });
  await eventually('the fill is in the figures and the order is replaced', async () => {
    const now = await rig.state();
    const replaced = now.orders.length === 12;
    return replaced && now.orders.every((row) => row.clientOrderId !== order.clientOrderId);
  });
  const after = await agreement(rig);
  const fresh = after.orders.filter(
    (row) => !state.orders.some((was) => was.clientOrderId === row.clientOrderId),
  );
  assert.ok(fresh.every(({ quantity }) => ['0.005', '0.05'].includes(quantity)));
  assert.ok(logLines(second).some(({ msg }) => msg === 'engine started'));
});

test('refuses an invalid state file with exit code 78', async (t) => {
  const rig = await createRig(t);
  const file = join(rig.dataDir, 'torn.ckpt');
  writeFileSync(file, 'RELIGHT-CHECKPOINT\n{"version":1}\n');
  const engine = rig.launch({ state: file, epoch: 2 });
  assert.deepEqual(await engine.exited, { code: 78, signal: null });
  const fatal = logLines(engine).find(({ msg }) => msg === 'state file invalid');
  assert.match(JSON.stringify(fatal), /truncated/);
});
