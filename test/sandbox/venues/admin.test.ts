/** The admin side of the simulated venues: the ledger over time, prices, candles, bad input. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { createVenueAdmin, type VenueAdmin } from '../../../sandbox/venues/admin-client.js';
import { startVenues, type RunningVenues } from '../../../sandbox/venues/index.js';
import { Candles } from '../../../sandbox/venues/market/candles.js';
import { decimal } from '../../../sandbox/venues/decimal.js';
import { PricePath } from '../../../sandbox/venues/market/price-path.js';
import { BTC, connect } from './connect.js';
import { nodeCommand } from '../../../workers/processes/self.js';

let venues: RunningVenues;
let admin: VenueAdmin;

before(async () => {
  venues = await startVenues({ seed: 'admin' });
  admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
});

after(() => venues.close());

const manual = {
  venue: 'binance',
  instrument: 'BTC/USDT',
  side: 'buy',
  price: '50000',
  quantity: '1',
} as const;

test('reads the ledger as of an earlier time', async () => {
  const { timeMs, sequence } = await admin.health();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const order = await admin.placeOrder(manual);
  assert.equal(order.status, 'open');
  assert.equal((await admin.ledger(timeMs)).sequence, sequence);
  assert.deepEqual((await admin.ledger(timeMs)).venues.binance.openOrders, []);
  assert.equal((await admin.ledger()).venues.binance.openOrders.length, 1);
  assert.deepEqual(
    (await admin.journal(sequence)).entries.map((entry) => entry.kind),
    ['order-accepted'],
  );
  const cancelled = await admin.cancelOrder({ venue: 'binance', venueOrderId: order.venueOrderId });
  assert.equal(cancelled.status, 'cancelled');
});

test('refuses bad input by field, value and remedy', async () => {
  const bad = { ...manual, venue: 'mtgox' } as unknown as typeof manual;
  await assert.rejects(admin.placeOrder(bad), /venue is "mtgox": send one of binance/);
  await assert.rejects(
    admin.setPrice({ underlying: 'BTC', price: '-1' }),
    /price is "-1": send a positive decimal as text/,
  );
  await assert.rejects(
    admin.placeOrder({ ...manual, instrument: 'DOGE/USDT' }),
    /instrument is "DOGE\/USDT": send one of BTC\/USDT, ETH\/USDT/,
  );
  await assert.rejects(
    admin.fillOrder({ venue: 'kraken' }),
    /venueOrderId is absent: send venueOrderId or clientOrderId/,
  );
  await assert.rejects(
    admin.transfer({ venue: 'kraken', asset: 'USD', amount: '-1000000000' }),
    /free USD is 100000000/,
  );
});

test('candles are calm by default and wild when asked', async () => {
  const exchange = connect(venues, 'binance');
  const widest = async () => {
    const candles = await exchange.fetchOHLCV(BTC.binance, '1m', undefined, 60);
    assert.equal(candles.length, 60);
    return Math.max(...candles.map((row) => (Number(row[2]) - Number(row[3])) / Number(row[4])));
  };
  assert.ok((await widest()) < 0.01);
  await admin.setVolatility({ underlying: 'BTC', value: 0.1 });
  assert.ok((await widest()) > 0.05);
  await admin.setVolatility({ underlying: 'BTC', value: 0.0003 });
  assert.ok((await widest()) < 0.01);
});

test('the price path is a function of its seed, and stands still when held', () => {
  const walk = (seed: string) => {
    const seen: string[] = [];
    const onPrice = (_underlying: string, price: { toFixed: () => string }) => {
      seen.push(price.toFixed());
    };
    const path = new PricePath({ seed, tickMs: 250, nowMs: () => 0, onPrice });
    for (let tick = 0; tick < 50; tick += 1) path.tick();
    return seen;
  };
  assert.deepEqual(walk('one'), walk('one'));
  assert.notDeepEqual(walk('one'), walk('two'));
});

test('candles have no gaps after a pause and end at the current price', () => {
  const candles = new Candles({ seed: 's', nowMs: 0, price: decimal('100'), volatility: 0.001 });
  candles.record(decimal('101'), 30_000);
  const later = candles.recent(5 * 60_000);
  const times = later.map((candle) => candle.openMs);
  assert.equal(later.length, 120);
  assert.deepEqual(
    times.slice(1).map((openMs, index) => openMs - (times[index] ?? 0)),
    Array.from({ length: 119 }, () => 60_000),
  );
  assert.equal(later.at(-1)?.close.toFixed(), '101');
});

test('the process prints one ready line and ends on SIGTERM', async () => {
  const main = new URL('../../../sandbox/venues/main.ts', import.meta.url).href;
  const [node, ...args] = nodeCommand(main);
  const child = spawn(node, [...args, '--seed', 'process'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const ready = JSON.parse(line) as RunningVenues & { ready: boolean };
  assert.equal(ready.ready, true);
  assert.equal((await createVenueAdmin(ready.adminUrl).health()).ok, true);
  child.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null]);
});
