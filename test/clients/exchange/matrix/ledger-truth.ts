/** A snapshot against the venue's ledger, and against another snapshot. */
import assert from 'node:assert/strict';
import { whyWords } from '../../../../workflows/domain/books/fault-words.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import type { ReadableVenue } from '../../../../workflows/domain/books/snapshot.js';
import { orderOf, type Bench } from '../bench.js';
import { sorted } from './cases.js';
import { DERIVATIVES } from './world.js';

export async function assertIsLedger(bench: Bench, truth: ReadableVenue): Promise<void> {
  const venue = truth.venue as VenueId;
  const ledger = (await bench.admin.ledger()).venues[venue];
  const held = Object.entries(ledger.balances).filter(([, { total }]) => Number(total) !== 0);
  assert.deepEqual(
    sorted(truth.balances.map(({ asset, total }) => [asset, total])),
    sorted(held.map(([asset, { total }]) => [asset, total])),
  );
  assert.deepEqual(
    sorted(truth.orders.map(comparable)),
    sorted(ledger.openOrders.map((row) => comparable(orderOf(venue, row)))),
  );
  assert.deepEqual(
    sorted(truth.positions.map(({ instrument, side, quantity }) => [instrument, side, quantity])),
    sorted(
      ledger.positions.map(({ instrument, side, quantity }) => [
        instrument.replace('@margin', ''),
        side,
        quantity,
      ]),
    ),
  );
  await assertFills(bench, truth);
  if (truth.cashFlows !== null) assert.equal(truth.cashFlows.length, ledger.cashFlows.length);
}

/** Without what one side leaves out where it means nothing. */
function comparable(order: ReadableVenue['orders'][number]) {
  return Object.entries(order).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

async function assertFills({ admin, fills }: Bench, truth: ReadableVenue): Promise<void> {
  const venue = truth.venue as VenueId;
  const { entries } = await admin.journal();
  const origins = new Map(
    entries.flatMap((row) =>
      row.kind === 'order-accepted' && row.venue === venue ? [[row.venueOrderId, row.origin]] : [],
    ),
  );
  const theirs = (await fills(venue)).map((fill) => [
    fill.venueTradeId,
    fill.quantity,
    forcedBy(origins.get(fill.venueOrderId)),
  ]);
  const read = truth.fills.map(({ tradeId, quantity, forced }) => [
    tradeId,
    quantity,
    forced ?? null,
  ]);
  assert.deepEqual(sorted(read), sorted(theirs));
}

function forcedBy(origin: string | undefined): string | null {
  return origin === 'liquidation' || origin === 'deleveraging' ? origin : null;
}

/** All that the venue has is in its world, or a fault could hide in an empty list. */
export function assertHoldsAll(truth: ReadableVenue): void {
  const venue = truth.venue as VenueId;
  const { orders, fills, positions, balances, cashFlows, marks } = truth;
  assert.ok(orders.some(({ conditional }) => conditional === true));
  assert.ok(orders.some(({ filled }) => filled !== '0'));
  assert.ok(orders.some(({ clientOrderId }) => clientOrderId === 'xx-other'));
  // At Binance the coin that pays fees has a market, which prices it unasked.
  assert.ok(balances.length > 0 && Object.keys(marks).length === (venue === 'binance' ? 3 : 2));
  assert.equal(cashFlows === null, venue === 'coinbase');
  if (cashFlows !== null) assert.ok(cashFlows.length > 3);
  const hasPositions = venue === 'kraken' || DERIVATIVES.includes(venue);
  assert.equal(
    fills.some(({ forced }) => forced === 'liquidation'),
    hasPositions,
  );
  assert.equal(
    fills.some(({ realizedPnl }) => Number(realizedPnl) !== 0),
    hasPositions,
  );
  const sides = positions.map(({ instrument, side }) => `${instrument} ${side}`);
  const expected = venue === 'binanceusdm' ? 3 : hasPositions ? 2 : 0;
  assert.equal(new Set(sides).size, expected, sides.join(', '));
}

/** `gap`: how the gap begins that stands for what is missing. */
export function assertSame(
  read: ReadableVenue,
  truth: ReadableVenue,
  what: string,
  gap: string | null = null,
): void {
  for (const part of ['orders', 'fills', 'positions', 'balances'] as const) {
    assert.deepEqual(sorted(read[part]), sorted(truth[part]), `${what}: ${part}`);
  }
  if (gap !== 'funding') {
    assert.deepEqual(sorted(read.cashFlows ?? []), sorted(truth.cashFlows ?? []), what);
  }
  if (gap !== 'prices') assert.deepEqual(read.marks, truth.marks, `${what}: marks`);
  const added = read.gaps.filter((one) => !truth.gaps.includes(one)).map((one) => whyWords(one));
  assert.deepEqual(
    added.map((one) => one.startsWith(gap ?? 'no gap')),
    gap === null ? [] : [true],
    `${what}: ${added.join('; ')}`,
  );
}
