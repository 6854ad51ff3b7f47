/** The fate of one order, by what its venue lists and answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ordersToLookUp,
  recoverOrders,
  type LookUp,
  type OrderOptions,
} from '../../../../workflows/domain/orders/fate/recovery.js';
import { countResolutions, RESOLUTIONS } from '../../../../workflows/domain/orders/resolution.js';
import type { Snapshot } from '../../../../workflows/domain/books/snapshot.js';
import { namedOrderKey } from '../../../../workflows/domain/books/keys.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { engineState, order, readable, snapshot, unreadable } from '../builders.js';

const OPTIONS: OrderOptions = { orderIdPrefix: 'mine-', foreign: 'leave' };
const NONE: ReadonlyMap<string, LookUp> = new Map();
const NOTHING_OPEN = snapshot(readable('alpha'));

/** The fate of one known order: its resolution, and what is left in the state. */
function fateOf(known: Order, venues: Snapshot, lookUp?: LookUp) {
  const lookUps = new Map(lookUp === undefined ? [] : [[namedOrderKey(known), lookUp]]);
  const state = engineState({ orders: [known] });
  const { resolutions, orders } = recoverOrders(state, venues, lookUps, OPTIONS);
  assert.equal(resolutions.length, 1);
  return { ...resolutions[0], kept: orders };
}

function openAtVenue(...orders: Order[]): Snapshot {
  return snapshot(readable('alpha', { orders }));
}

test('an order that rests as before is still open', () => {
  const { kind, kept } = fateOf(order(), openAtVenue(order()));
  assert.equal(kind, 'still_open');
  assert.deepEqual(kept, [order()]);
});

test('an order that was filled further is partly filled, in the figures of the venue', () => {
  const now = order({ filled: '0.75' });
  const fate = fateOf(order({ filled: '0.5' }), openAtVenue(now));
  assert.equal(fate.kind, 'partly_filled');
  assert.deepEqual([fate.filledBefore, fate.filledNow], ['0.5', '0.75']);
  assert.deepEqual(fate.kept, [now]);
});

test('the notation of what is filled does not make a fill', () => {
  const { kind } = fateOf(order({ filled: '0.50' }), openAtVenue(order({ filled: '0.5' })));
  assert.equal(kind, 'still_open');
});

test('an order in flight that arrived takes the id that the venue gave it', () => {
  const sent = order({ state: 'in_flight', venueOrderId: null });
  const fate = fateOf(sent, openAtVenue(order({ venueOrderId: 'v-77' })));
  assert.equal(fate.kind, 'still_open');
  assert.equal(fate.venueOrderId, 'v-77');
  assert.match(fate.note ?? '', /it had arrived/);
  assert.equal(fate.kept[0]?.state, 'open');
});

test('an order found by asking for it is kept as the venue tells it', () => {
  const now = order({ filled: '1' });
  const fate = fateOf(order(), NOTHING_OPEN, { outcome: 'found', order: now });
  assert.equal(fate.kind, 'partly_filled');
  assert.deepEqual(fate.kept, [now]);
});

for (const status of ['filled', 'cancelled', 'expired', 'rejected'] as const) {
  test(`an order that the venue calls ${status} is ${status}, and gone from the state`, () => {
    const fate = fateOf(order(), NOTHING_OPEN, { outcome: 'closed', status, filled: '0.5' });
    assert.equal(fate.kind, status);
    assert.equal(fate.filledNow, '0.5');
    assert.deepEqual(fate.kept, []);
  });
}

test('an order in flight that the venue does not know never arrived', () => {
  const sent = order({ state: 'in_flight', venueOrderId: null });
  const fate = fateOf(sent, NOTHING_OPEN, { outcome: 'absent' });
  assert.equal(fate.kind, 'never_arrived');
  assert.equal(fate.filledNow, '0');
  assert.deepEqual(fate.kept, []);
});

const ACKNOWLEDGED: readonly [string, Order][] = [
  ['open', order()],
  ['being cancelled', order({ state: 'cancel_in_flight' })],
  ['in flight with a venue id', order({ state: 'in_flight' })],
  ['open without a venue id', order({ venueOrderId: null })],
];

for (const [what, known] of ACKNOWLEDGED) {
  test(`an order ${what} cannot vanish: absent, it is unknown and kept`, () => {
    const fate = fateOf(known, NOTHING_OPEN, { outcome: 'absent' });
    assert.equal(fate.kind, 'unknown');
    assert.deepEqual(fate.kept, [known]);
  });
}

test('an order that could not be asked about is unknown, says why, and is kept', () => {
  const lookUp: LookUp = { outcome: 'unreadable', why: 'timed out' };
  const fate = fateOf(order({ filled: '0.5' }), NOTHING_OPEN, lookUp);
  assert.deepEqual([fate.kind, fate.note, fate.filledNow], ['unknown', 'timed out', '0.5']);
  assert.deepEqual(fate.kept, [order({ filled: '0.5' })]);
});

test('an order of a venue that could not be read, or was not asked, is unknown', () => {
  for (const venues of [snapshot(unreadable('alpha')), snapshot()]) {
    const fate = fateOf(order(), venues);
    assert.equal(fate.kind, 'unknown');
    assert.deepEqual(fate.kept, [order()]);
  }
});

test('looks up what the venue no longer lists, and nothing of an unreadable venue', () => {
  const gone = order({ clientOrderId: 'mine-2' });
  const sibling = order({ account: 'other' });
  const state = engineState({ orders: [order(), gone, order({ venue: 'beta' }), sibling] });
  const venues = snapshot(readable('alpha', { orders: [order()] }), unreadable('beta'));
  assert.deepEqual(ordersToLookUp(state, venues, OPTIONS), [gone]);
});

test('the same client id on another venue or account is another order', () => {
  const { kind } = fateOf(order({ account: 'other' }), snapshot(unreadable('alpha')));
  assert.equal(kind, 'unknown');
  const elsewhere = snapshot(
    readable('alpha'),
    readable('beta', { orders: [order({ venue: 'beta' })] }),
  );
  const state = engineState({ orders: [order()] });
  const { resolutions } = recoverOrders(state, elsewhere, new Map(), OPTIONS);
  assert.deepEqual(
    resolutions.map(({ kind }) => kind),
    ['unknown', 'adopted'],
  );
});

function strangersFate(clientOrderId: string, options: OrderOptions) {
  const stranger = order({ clientOrderId });
  const { resolutions, orders } = recoverOrders(
    engineState(),
    openAtVenue(stranger),
    new Map(),
    options,
  );
  return { kind: resolutions[0]?.kind, note: resolutions[0]?.note ?? '', kept: orders.length };
}

test('one client id on two instruments is two orders, in the state and at the venue', () => {
  const [btc, eth] = ['BTC/USDT', 'ETH/USDT'].map((instrument, at) =>
    order({ instrument, venueOrderId: `v-${at}` }),
  );
  assert.ok(btc && eth);
  const states: Order[][] = [[], [btc], [btc, eth]];
  for (const known of states) {
    const state = engineState({ orders: known });
    const { resolutions, orders } = recoverOrders(state, openAtVenue(btc, eth), NONE, OPTIONS);
    const kinds: string[] = [btc, eth].map((one) =>
      known.includes(one) ? 'still_open' : 'adopted',
    );
    assert.deepEqual(
      resolutions.map(({ kind }) => kind),
      kinds,
    );
    assert.deepEqual(orders, [btc, eth]);
  }
});

test('an order of before under the client id of one on its way is not taken for it', () => {
  const sent = order({ state: 'in_flight', venueOrderId: null, quantity: '1' });
  const old = { ...order({ venueOrderId: 'v-old', quantity: '1' }), state: 'open' as const };
  for (const before of [
    { ...old, side: 'sell' as const },
    { ...old, quantity: '9' },
    { ...old, instrument: 'ETH/USDT' },
  ]) {
    const state = engineState({ orders: [sent] });
    const answer = new Map([[namedOrderKey(sent), { outcome: 'absent' } as const]]);
    const { resolutions, orders } = recoverOrders(state, openAtVenue(before), answer, OPTIONS);
    assert.deepEqual(
      resolutions.map(({ kind }) => kind),
      ['never_arrived', 'adopted'],
    );
    assert.deepEqual(orders, [before]);
  }
});

test('of two like the one that was on its way, one was it', () => {
  const [one, other] = ['v-1', 'v-2'].map((venueOrderId) => order({ venueOrderId }));
  assert.ok(one && other);
  const sent: Order = { ...one, state: 'in_flight', venueOrderId: null };
  const state = engineState({ orders: [sent] });
  const { orders } = recoverOrders(state, openAtVenue(one, other), NONE, OPTIONS);
  assert.deepEqual(orders, [one, other]);
});

test('two that rest under one client id end as two', () => {
  const known = order({ venueOrderId: 'v-1' });
  const again = order({ venueOrderId: 'v-2' });
  for (const rows of [
    [known, again],
    [again, known],
  ]) {
    const state = engineState({ orders: [known] });
    const { resolutions } = recoverOrders(state, openAtVenue(...rows), NONE, OPTIONS);
    assert.deepEqual(
      resolutions.map(({ kind, venueOrderId }) => [kind, venueOrderId]),
      [
        ['still_open', 'v-1'],
        ['adopted', 'v-2'],
      ],
    );
  }
});

test('an order of ours that the state does not know is adopted', () => {
  const { kind, note, kept } = strangersFate('mine-99', OPTIONS);
  assert.deepEqual([kind, kept], ['adopted', 1]);
  assert.match(note, /ours by its client id/);
});

for (const id of ['theirs-1', 'MINE-1', 'x-mine-1', 'venue:77']) {
  test(`the order ${id} is not ours and is left alone`, () => {
    const { kind, kept } = strangersFate(id, OPTIONS);
    assert.deepEqual([kind, kept], ['foreign', 0]);
  });
}

test('an order that is not ours is adopted where the policy says so', () => {
  const { kind, note, kept } = strangersFate('theirs-1', { ...OPTIONS, foreign: 'adopt' });
  assert.deepEqual([kind, kept], ['adopted', 1]);
  assert.match(note, /by policy/);
});

test('counts every kind, those that did not occur too', () => {
  const { resolutions } = recoverOrders(engineState(), openAtVenue(order()), new Map(), OPTIONS);
  const counts = countResolutions(resolutions);
  assert.deepEqual(Object.keys(counts).toSorted(), [...RESOLUTIONS].toSorted());
  assert.equal(counts.adopted, 1);
  assert.equal(counts.unknown, 0);
});
