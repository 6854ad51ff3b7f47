/** Reading venues with an engine of which little is configured: what is missing is named, and nothing stands in for it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createVenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues } from '../../../../sandbox/venues/index.js';
import { readConfig } from '../../../../workers/config/load.js';
import { createOperations } from '../../../../workers/operations/index.js';

async function venueOf(t: TestContext) {
  const venues = await startVenues();
  const folder = mkdtempSync(join(tmpdir(), 'relight-read-'));
  t.after(async () => {
    await venues.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { apiKey, secret } = venues.credentials.binance;
  writeFileSync(join(folder, 'key'), apiKey, { mode: 0o600 });
  writeFileSync(join(folder, 'secret'), secret, { mode: 0o600 });
  return { folder, url: venues.urls.binance, admin: createVenueAdmin(venues.adminUrl) };
}

function written(folder: string, url: string, engine: object): string {
  const path = join(folder, 'relight.yaml');
  const file = (name: string) => ({ file: join(folder, name) });
  const venue = {
    ccxt: 'binance',
    url,
    apiKey: file('key'),
    secret: file('secret'),
    instruments: ['BTC/USDT'],
  };
  const config = { dataDir: 'data', venues: { binance: venue }, engines: { bot: engine } };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

/** As the engine's team has it at first: a start and two commands. */
const BOT = {
  venues: ['binance'],
  control: {
    kind: 'commands',
    commands: { quickHealth: ['/bin/true'], shutdown: ['/bin/true'] },
    start: ['/bin/true'],
    workingFolder: '.',
  },
};

test('orders and positions are read, and reconcile says that it has nothing to compare', async (t) => {
  const { folder, url, admin } = await venueOf(t);
  await admin.holdPrice();
  const order = { instrument: 'BTC/USDT', side: 'buy', price: '100', quantity: '1' } as const;
  await admin.placeOrder({ venue: 'binance', ...order, clientOrderId: 'bot-1' });
  const path = written(folder, url, BOT);
  assert.throws(() => readConfig(path), /engines.bot.liveness/);
  const { config, warnings, ...without } = readConfig(path, { toRead: true });
  assert.match(warnings.join(), /engines.bot: liveness, checkpoints, forensics, control not there/);
  const operations = createOperations(config, without);
  const { orders } = await operations.orders('bot');
  assert.deepEqual(
    orders.map(({ clientOrderId, ours }) => [clientOrderId, ours]),
    [['bot-1', false]],
  );
  assert.deepEqual((await operations.positions('bot')).unreadable, []);
  const { source } = await operations.reconcile('bot');
  assert.deepEqual(source, {
    kind: 'nothing',
    why: 'its control is not configured, and its checkpoints are not configured',
  });
});

test('what is there counts, and what is wrong with the venues stays wrong', async (t) => {
  const { folder, url } = await venueOf(t);
  const named = { ...BOT, orderIdPrefix: 'bot-' };
  const { config } = readConfig(written(folder, url, named), { toRead: true });
  assert.equal(config.engines['bot']?.orderIdPrefix, 'bot-');
  const stranger = written(folder, url, { ...named, venues: ['kraken'] });
  assert.throws(() => readConfig(stranger, { toRead: true }), /names "kraken"/);
  const misspelt = written(folder, url, { ...named, venus: [] });
  assert.throws(() => readConfig(misspelt, { toRead: true }), /venus/);
});
