/** Market conditions and exposure, as real venues tell them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ledgerState } from '../../sandbox/engine/rig.js';
import { utcText } from '../../../workflows/domain/content/utc-text.js';
import { inActivity, openControlPlane, withState } from '../ports.js';
import { verdictOf } from './verdict.js';

const MARKET = { engineId: 'desk', maxVolatility: '0.05', windowMs: 3_600_000 };

test('the market is normal, volatile, closed or unknown as the venues have it', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  const { admin } = bench;
  assert.equal((await inActivity(activities, 'checkMarket', MARKET)).kind, 'normal');
  await admin.setVolatility({ underlying: 'ETH', value: 0.02 });
  assert.equal((await inActivity(activities, 'checkMarket', MARKET)).kind, 'volatile');
  await admin.setStatus({ venue: 'kraken', status: 'maintenance' });
  const closed = await inActivity(activities, 'checkMarket', MARKET);
  assert.deepEqual(closed, { kind: 'closed', venues: ['kraken (maintenance)'] });
  await admin.setStatus({ venue: 'kraken', status: 'ok' });
  await admin.setVolatility({ underlying: 'ETH', value: 0.0003 });
  await admin.setFault({ venue: 'coinbase', endpoint: 'candles', kind: 'empty-object' });
  const unknown = await inActivity(activities, 'checkMarket', MARKET);
  assert.ok(unknown.kind === 'unknown');
  assert.deepEqual(unknown.what, ['coinbase BTC/USD', 'coinbase ETH/USD']);
  assert.match(unknown.highest ?? '', /^0\.00\d+$/, 'of the venues that told theirs');
});

test('the calendar is by the clock of Temporal’s server, whatever this worker’s says', async (t) => {
  const { activities, ports } = await openControlPlane(t, ['kraken']);
  const facts = ports.facts('desk');
  const second = (atMs: number) => `${utcText(atMs).slice(0, 19)}Z`;
  const [from, until] = [-600_000, 600_000].map((ms) => second(Date.now() + ms));
  assert.ok(from !== undefined && until !== undefined);
  ports.facts = () => ({ ...facts, closures: { kraken: [{ from, until }] } });
  ports.clock = { nowMs: () => Date.now() + 3_600_000, aheadMs: () => 3_600_000 };
  assert.equal((await inActivity(activities, 'checkMarket', MARKET)).kind, 'closed');
});

test('waiting for the market ends when no venue is closed any more', async (t) => {
  const { bench, activities } = await openControlPlane(t);
  await bench.admin.setStatus({ venue: 'kraken', status: 'maintenance' });
  let opened = false;
  const waiting = inActivity(activities, 'awaitMarketOpen', { ...MARKET, recheckMs: 100 }).then(
    (verdict) => ({ verdict, opened }),
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  opened = true;
  await bench.admin.setStatus({ venue: 'kraken', status: 'ok' });
  const ended = await waiting;
  assert.deepEqual([ended.verdict.kind, ended.opened], ['normal', true]);
});

test('exposure is what the ledger holds beyond the baseline, at the market price', async (t) => {
  const { bench, activities, ports } = await openControlPlane(t);
  await bench.admin.setPrice({ underlying: 'BTC', price: '60000' });
  await bench.place('binanceusdm', { id: 'rl-long', quantity: '0.5' });
  await bench.admin.fillOrder({ venue: 'binanceusdm', clientOrderId: 'rl-long' });
  await bench.place('kraken', {
    id: 'rl-sell',
    side: 'sell',
    price: '70000',
    quantity: '0.25',
    feeLeg: 'quote',
  });
  await bench.admin.fillOrder({ venue: 'kraken', clientOrderId: 'rl-sell' });
  const truth = ledgerState(await bench.admin.ledger(), withState({}).risk);
  const state = await ports.artifacts.put('engine-state', truth);
  const measure = (maxExposure: string) =>
    verdictOf(inActivity(activities, 'measureExposure', { engineId: 'desk', state, maxExposure }));
  // Half a bitcoin long and a quarter sold: 0.75 at 60 000, gross.
  assert.deepEqual(await measure('45000'), { kind: 'within', total: '45000' });
  assert.deepEqual(await measure('44999'), { kind: 'high', total: '45000', limit: '44999' });
  const [held] = truth.positions;
  assert.ok(held !== undefined);
  const position = { ...held, instrument: 'SOL/USDT:USDT' };
  const strange = await ports.artifacts.put('engine-state', {
    ...truth,
    positions: [position],
  });
  const unpriced = await inActivity(activities, 'measureExposure', {
    engineId: 'desk',
    state: strange,
    maxExposure: '1',
  });
  const what = ['binanceusdm SOL/USDT:USDT'];
  // What has a price is told beside it: the quarter that was sold.
  const { measured, ...verdict } = unpriced;
  assert.deepEqual(verdict, { kind: 'unknown', unpriced: what, total: '15000' });
  const sold = { item: 'kraken BTC', quantity: '-0.25', mark: '60000', notional: '15000' };
  assert.deepEqual(measured?.items, [sold], 'and by which figures, to whom is asked');
});
