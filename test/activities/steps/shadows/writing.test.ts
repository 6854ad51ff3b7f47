/** What is written as a shadow, and which of them is believed: on disk, under its seal. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readUntilMs } from '../../../../workflows/domain/checkpoints/shadows/shadow.js';
import { validateCheckpoint } from '../../../../workflows/domain/engine/checkpoint.js';
import { crash, openDesk, type Desk } from './desk.js';

function filesOf({ folder }: Desk): string[] {
  const root = join(folder, 'artifacts', 'shadows');
  return readdirSync(root).flatMap((engine) =>
    readdirSync(join(root, engine))
      .toSorted()
      .map((name) => join(root, engine, name)),
  );
}

const VENUES = ['binance', 'kraken'] as const;

test('a venue that could not be read, or half of it, leaves no shadow and says which', async (t) => {
  const desk = await openDesk(t, VENUES);
  const { admin } = desk.bench;
  for (const fault of [
    { endpoint: 'openOrders', kind: 'connection-reset-before' },
    { endpoint: 'balance', kind: 'empty-object' },
  ] as const) {
    await admin.setFault({ venue: 'kraken', ...fault });
    const taken = await desk.shadow();
    assert.equal(taken.kind, 'not_whole', fault.kind);
    assert.match('why' in taken ? taken.why : '', /^kraken: /);
    await admin.clearFaults();
  }
  assert.deepEqual(await desk.ports.shadows.list('desk'), []);
  assert.equal((await desk.shadow()).kind, 'written');
});

test('none is written where the engine has died, or is being recovered, while it was read', async (t) => {
  const desk = await openDesk(t, ['binance']);
  const taken = await desk.shadow({ whyNot: async () => 'it is being recovered' });
  assert.equal(taken.kind, 'called_off');
  assert.deepEqual(await desk.ports.shadows.list('desk'), []);
});

test('so many of the newest stay, whole, as files that nobody else may change', async (t) => {
  const desk = await openDesk(t, ['binance']);
  for (let index = 0; index < 4; index += 1) {
    await desk.shadow({ keep: 2 });
    await crash(); // another millisecond
  }
  const files = filesOf(desk);
  assert.equal(files.length, 2);
  const listed = await desk.ports.shadows.list('desk');
  assert.deepEqual(
    listed.map(({ name }) => name),
    files.map((path) => path.split('/').at(-1)).toReversed(),
  );
  const limits = { engineId: 'desk', nowMs: Date.now(), oldMs: 60_000, absurdQuantity: '1000000' };
  for (const path of files) {
    assert.equal(statSync(path).mode & 0o027, 0);
    const { valid, checkpoint } = validateCheckpoint(readFileSync(path), limits);
    assert.ok(valid && checkpoint !== null);
    assert.deepEqual(checkpoint.state.appliedFills, {}, 'no venue is said to have no fills');
    assert.equal(checkpoint.state.risk.dailyPnl, null);
  }
});

test('a damaged shadow is refused by name, and the one before it is taken', async (t) => {
  const desk = await openDesk(t, ['binance']);
  await desk.shadow();
  await crash();
  await desk.shadow();
  const [older = '', newest = ''] = filesOf(desk);
  const content = readFileSync(newest, 'utf8');
  writeFileSync(newest, content.replace('"USDT"', '"USDC"'));
  const { found, refused } = await desk.load(await crash());
  assert.equal(found?.name, older.split('/').at(-1));
  assert.equal(refused.length, 1);
  assert.match(refused[0] ?? '', /Checksum mismatch/);
  writeFileSync(older, content.slice(0, 40));
  const none = await desk.load(await crash());
  assert.equal(none.found, null);
  assert.equal(none.refused.length, 2);
});

test('one that was read over the crash does not stand for what was before it', async (t) => {
  const desk = await openDesk(t, ['binance']);
  await desk.shadow();
  await desk.bench.place('binance', { id: 'rl-later' });
  await crash();
  await desk.shadow();
  const [first = '', second = ''] = filesOf(desk);
  const limits = { engineId: 'desk', nowMs: Date.now(), oldMs: 60_000, absurdQuantity: '1000000' };
  const { checkpoint } = validateCheckpoint(readFileSync(second), limits);
  assert.ok(checkpoint !== null);
  const during = readUntilMs(checkpoint) - 1;
  const { found, refused } = await desk.load(during);
  assert.equal(found?.name, first.split('/').at(-1));
  assert.match(refused.join(), /still being read when the crash was noticed/);
  const after = await desk.load(readUntilMs(checkpoint));
  assert.equal(after.found?.name, second.split('/').at(-1), 'and one that was over before it does');
});

test('orders of others are none of the engine’s', async (t) => {
  const desk = await openDesk(t, ['binance']);
  await desk.bench.place('binance', { id: 'rl-ours' });
  await desk.bench.place('binance', { id: 'theirs' });
  await desk.shadow();
  const { found } = await desk.load(await crash());
  assert.ok(found !== null);
  const { orders } = await desk.stateOf(found.loaded.state);
  assert.deepEqual(
    orders.map(({ clientOrderId }) => clientOrderId),
    ['rl-ours'],
  );
});
