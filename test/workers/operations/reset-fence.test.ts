/** `relight fence reset`: what it changes, what it records, and who may not. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { composeFence } from '../../../workers/compose/fence.js';
import { loadConfig } from '../../../workers/config/load.js';
import { edwardsProof } from '../../../workflows/domain/gates/decision.js';
import {
  fenceOrderBytes,
  type FenceOrder,
  type SignedFenceOrder,
} from '../../../workflows/domain/steering/fence-reset.js';
import { resetFence, toResetFence } from '../../../workers/operations/reset-fence.js';
import { folderOf } from '../../clients/host/processes.js';
import { whyNotRoot } from '../../needs.js';
import { run } from '../../clients/cli/run.js';
import { ONCALL_KEY, writeConfig } from '../processes/parts.js';
import { nodeCommand } from '../../../workers/processes/self.js';

const NOBODY = 65_534;

function openConfig(t: TestContext) {
  const folder = folderOf(t);
  const path = writeConfig(folder);
  const config = loadConfig(path);
  const [engineId = ''] = Object.keys(config.engines);
  const recovered = config.engines[engineId]?.checkpoints.recovered ?? '';
  return { folder, path, config, engineId, recovered };
}

/** As the person on call signs it; `change` after that. */
function signed(order: FenceOrder, change: Partial<FenceOrder> = {}): SignedFenceOrder {
  const proof = edwardsProof(fenceOrderBytes(order), ONCALL_KEY);
  return { order: { ...order, ...change }, proof };
}

const BY = { by: 'on-call' };

test('a fence that no recovery passes lets one through again, with nothing in its way', async (t) => {
  const { config, engineId, recovered } = openConfig(t);
  const fence = composeFence(config);
  await fence.raise(engineId, 12);
  mkdirSync(recovered, { recursive: true });
  for (const epoch of [3, 7, 12]) {
    writeFileSync(join(recovered, `recovered-e${epoch}.ckpt`), String(epoch));
  }
  const order = toResetFence(config, { engineId, to: 7, reason: 'restored from a backup', ...BY });
  const answer = await resetFence(config, signed(order));
  assert.deepEqual([answer.from, answer.to], [12, 7]);
  assert.deepEqual(answer.setAside.toSorted(), ['recovered-e12.ckpt', 'recovered-e7.ckpt']);
  const left = readdirSync(recovered).filter((name) => name.endsWith('.ckpt'));
  assert.deepEqual(left, ['recovered-e3.ckpt']);
  assert.equal(readdirSync(recovered).length, 3);
  await fence.raise(engineId, 8);
  const [record] = await fence.resets(engineId);
  assert.equal(record?.reason, 'restored from a backup');
  assert.deepEqual(record.signed, signed(order), 'as it was signed');
  await assert.rejects(resetFence(config, signed(order)), /It was taken already/);
  assert.equal(await fence.epoch(engineId), 8);
});

test('what was not signed so, by somebody who may, for here and now, resets nothing', async (t) => {
  const { config, engineId } = openConfig(t);
  const order = toResetFence(config, { engineId, to: 7, reason: 'why', ...BY });
  const forged: [SignedFenceOrder, RegExp][] = [
    [signed(order, { to: 8 }), /signature/i],
    [signed(order, { reason: 'another' }), /signature/i],
    [signed({ ...order, by: 'nobody' }), /not among the configured approvers/],
    [signed({ ...order, host: 'elsewhere' }), /signed for the host "elsewhere"/],
    [signed({ ...order, atMs: order.atMs - 3_600_000 }), /counts for 10 minutes/],
    [signed({ ...order, atMs: order.atMs + 3_600_000 }), /set the clock/],
    [{ order, proof: edwardsProof(fenceOrderBytes(order), '05'.repeat(32)) }, /none of "on-call"/],
  ];
  for (const [given, why] of forged) {
    await assert.rejects(resetFence(config, given), (error: Error) => {
      assert.match(error.message, why);
      return true;
    });
  }
  const approvers = config.approvers.map((one) => ({ ...one, roles: ['audit'] }));
  await assert.rejects(resetFence({ ...config, approvers }, signed(order)), /asks for risk/);
  assert.deepEqual(await composeFence(config).resets(engineId), []);
});

test('an odd epoch, an empty reason and a strange engine reset nothing', async (t) => {
  const { config, engineId } = openConfig(t);
  const good = toResetFence(config, { engineId, to: 1, reason: 'why', ...BY });
  const odd = [{ to: -1 }, { to: 1.5 }, { to: 2 ** 53 }, { reason: ' ' }, { engineId: 'other' }];
  for (const change of [...odd, { reason: 'x'.repeat(5_001) }]) {
    const given = signed({ ...good, ...change });
    await assert.rejects(resetFence(config, given), JSON.stringify(change));
  }
  assert.deepEqual(await composeFence(config).resets(engineId), []);
});

test('the command line takes whole numbers, and says what became of it', async (t) => {
  const { config, folder } = openConfig(t);
  const asked: FenceOrder[] = [];
  const operations = {
    toResetFence: async (request: Parameters<typeof toResetFence>[1]) =>
      toResetFence(config, { ...request, engineId: 'desk' }),
    resetFence: async ({ order, proof }: SignedFenceOrder) => {
      assert.deepEqual(proof, signed(order).proof);
      asked.push(order);
      return { ...order, from: 12, setAside: ['recovered-e12.ckpt'] };
    },
  };
  const key = join(folder, 'on-call.key');
  writeFileSync(key, ONCALL_KEY, { mode: 0o600 });
  const by = ['--reason', 'why', '--as', 'on-call', '--key', key];
  const reset = (to: string) => run(t, operations, 'fence', 'reset', '--to', to, ...by);
  const { stdout, code } = await reset('7');
  assert.equal(stdout, 'desk: epoch 12 -> 7\n  set aside: recovered-e12.ckpt\n');
  assert.equal(code, 0);
  for (const odd of ['seven', '1e3', '-1', '1.5', '', '9007199254740993']) {
    assert.equal((await reset(odd)).code, 2, odd);
  }
  assert.deepEqual(
    asked.map(({ engineId, to, reason, by: who }) => [engineId, to, reason, who]),
    [['desk', 7, 'why', 'on-call']],
  );
});

test('who neither owns the fence nor is root is refused', { skip: whyNotRoot() }, async (t) => {
  const { folder, path, config, engineId } = openConfig(t);
  await composeFence(config).raise(engineId, 3);
  chmodSync(folder, 0o755);
  const [node, ...main] = nodeCommand(new URL('../../../workers/main.ts', import.meta.url).href);
  const key = join(folder, 'on-call.key');
  writeFileSync(key, ONCALL_KEY, { mode: 0o600 });
  chownSync(key, NOBODY, NOBODY);
  const by = ['--as', 'on-call', '--key', key];
  const args = ['fence', 'reset', '--config', path, '--to', '1', '--reason', 'mine', ...by];
  const asNobody = () =>
    execFileSync(node, [...main, ...args], {
      uid: NOBODY,
      gid: NOBODY,
      encoding: 'utf8',
      stdio: 'pipe',
      env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    });
  assert.throws(asNobody, /belongs to uid 0, and this is uid 65534/);
  const epochFile = join(config.dataDir, 'fence', engineId, 'epoch');
  assert.equal(readFileSync(epochFile, 'utf8'), '3');
});

test("what root resets stays its owner's", { skip: whyNotRoot() }, async (t) => {
  const { config, engineId } = openConfig(t);
  const fence = join(config.dataDir, 'fence');
  mkdirSync(fence, { recursive: true });
  chownSync(fence, NOBODY, NOBODY);
  const order = toResetFence(config, { engineId, to: 4, reason: 'as root', ...BY });
  await resetFence(config, signed(order));
  const owners = execFileSync('find', [fence, '-printf', '%u\n'], { encoding: 'utf8' });
  assert.deepEqual([...new Set(owners.trim().split('\n'))], ['nobody']);
});
