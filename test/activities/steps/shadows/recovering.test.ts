/**
 * A recovery that has nothing but a shadow: what happened unseen is found, to what the ledger has. Without the
 * shadow the venue would be compared with itself.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { subtract } from '../../../../workflows/domain/numbers/decimal.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { INSTRUMENTS } from '../../../clients/exchange/bench.js';
import { crash, openDesk, type Desk } from './desk.js';

const VENUES = ['binance', 'binanceusdm', 'kraken', 'krakenfutures'] as const;
const PERPETUAL = 'binanceusdm';

async function totals({ bench }: Desk, venue: VenueId) {
  const { balances } = (await bench.admin.ledger()).venues[venue];
  return new Map(Object.entries(balances).map(([asset, { total }]) => [asset, total]));
}

async function linesOf({ ports }: Desk, steps: Recovered) {
  return ports.artifacts.get('reconciliation', steps.result.lines);
}

type Recovered = NonNullable<Awaited<ReturnType<Desk['recover']>>['steps']>;

async function recovered(desk: Desk): Promise<Recovered> {
  const { steps } = await desk.recover(await crash());
  assert.ok(steps !== null, 'there is a shadow');
  return steps;
}

for (const venue of VENUES) {
  test(`${venue}: nothing happened: every figure is compared, and none is taken on the venue’s word`, async (t) => {
    const desk = await openDesk(t, [venue]);
    await desk.bench.place(venue, { type: 'market', quantity: '0.25' });
    await desk.bench.place(venue, { id: 'rl-rests' });
    assert.equal((await desk.shadow()).kind, 'written');
    const { result, orders } = await recovered(desk);
    const { match, explained, unexplained, unknown } = result.counts;
    assert.deepEqual([explained, unexplained, unknown], [0, 0, 0]);
    assert.ok(match > 0);
    assert.equal(result.unverified, undefined);
    assert.deepEqual([orders.counts.still_open, orders.warnings.lost.count], [1, 0]);
  });

  test(`${venue}: a fill in part since the shadow is explained by the trade, and the order is known`, async (t) => {
    const desk = await openDesk(t, [venue]);
    const { bench } = desk;
    await bench.place(venue, { id: 'rl-part' });
    await desk.shadow();
    await bench.admin.fillOrder({ venue, clientOrderId: 'rl-part', quantity: '0.05' });
    const { result, orders } = await recovered(desk);
    assert.deepEqual([result.counts.unexplained, result.counts.unknown], [0, 0]);
    assert.ok(result.counts.explained > 0);
    assert.equal(result.fillsApplied, 1);
    const [resting] = (await desk.stateOf(orders.state)).orders;
    const [ledger] = (await bench.admin.ledger()).venues[venue].openOrders;
    assert.deepEqual([resting?.clientOrderId, resting?.filled], ['rl-part', ledger?.filled]);
  });

  test(`${venue}: an order that was sent after the shadow, and of which no answer came, is found`, async (t) => {
    const desk = await openDesk(t, [venue]);
    await desk.shadow();
    await desk.bench.place(venue, { id: 'rl-flying' });
    const { orders } = await recovered(desk);
    assert.equal(orders.counts.adopted, 1);
    const { orders: now } = await desk.stateOf(orders.state);
    assert.deepEqual(
      now.map(({ clientOrderId }) => clientOrderId),
      ['rl-flying'],
    );
  });
}

/** Spot tells a withdrawal to the second: one within the second of the shadow may have been before it, or after. */
async function nextSecond(): Promise<void> {
  await sleep(1_001 - (Date.now() % 1_000));
}

for (const venue of ['binance', 'binanceusdm'] as const) {
  test(`${venue}: money that was moved away since the shadow is found, by the ledger’s amount`, async (t) => {
    const desk = await openDesk(t, [venue]);
    await desk.shadow();
    const before = await totals(desk, venue);
    await nextSecond();
    await desk.bench.admin.transfer({ venue, asset: 'USDT', amount: '-1234.5' });
    const steps = await recovered(desk);
    const gone = subtract((await totals(desk, venue)).get('USDT') ?? '', before.get('USDT') ?? '');
    assert.equal(gone, '-1234.5');
    const line = (await linesOf(desk, steps)).find(({ item }) => item === 'USDT');
    assert.deepEqual([line?.difference, line?.verdict], [gone, 'explained']);
  });
}

test('a stop that is gone is told as a protection that was lost', async (t) => {
  const desk = await openDesk(t, [PERPETUAL]);
  const { bench } = desk;
  await bench.place(PERPETUAL, { type: 'market', quantity: '0.5' });
  const trigger = { kind: 'stop', price: '40000' } as const;
  const stop = { side: 'sell', quantity: '0.5', type: 'market', reduceOnly: true } as const;
  await bench.place(PERPETUAL, { id: 'rl-stop', ...stop, trigger });
  await desk.shadow();
  await bench.admin.cancelOrder({ venue: PERPETUAL, clientOrderId: 'rl-stop' });
  const { orders } = await recovered(desk);
  assert.equal(orders.counts.cancelled, 1);
  const { lost } = orders.warnings;
  assert.equal(lost.count, 1);
  assert.match(lost.shown.join(), new RegExp(INSTRUMENTS[PERPETUAL].btc));
});

test('what cannot be known is listed, and the sequence goes on from the engine’s own', async (t) => {
  const desk = await openDesk(t, ['binance']);
  await desk.shadow();
  const { found } = await desk.load(await crash());
  assert.equal(found?.loaded.sequence, 7);
  const said = found.loaded.unknowns.join('\n');
  for (const what of [/daily profit and loss/, /in flight at the crash/, /held and had applied/]) {
    assert.match(said, what);
  }
});
