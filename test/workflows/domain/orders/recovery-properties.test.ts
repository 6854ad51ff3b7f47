/** What holds for the orders of every crash: one fate for each, and nothing unknown is dropped. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  ordersToLookUp,
  recoverOrders,
  type LookUp,
} from '../../../../workflows/domain/orders/fate/recovery.js';
import type { ResolutionKind } from '../../../../workflows/domain/orders/resolution.js';
import { namedOrderKey, orderKey } from '../../../../workflows/domain/books/keys.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { engineState, order, readable, snapshot, unreadable } from '../builders.js';

const RUNS = { numRuns: 2000, seed: 20_261_126 };
const VENUES = ['alpha', 'beta', 'gamma'];

const FATES = [
  'resting',
  'filled further',
  'filled',
  'cancelled',
  'expired',
  'rejected',
  'absent',
  'unreadable',
  'unanswered',
] as const;
type Fate = (typeof FATES)[number];

interface Known {
  order: Order;
  fate: Fate;
}

const knownOrders: fc.Arbitrary<Known[]> = fc
  .array(
    fc.record({
      venue: fc.constantFrom(...VENUES),
      state: fc.constantFrom('in_flight', 'open', 'cancel_in_flight'),
      acknowledged: fc.boolean(),
      fate: fc.constantFrom(...FATES),
    }),
    { maxLength: 12 },
  )
  .map((rows) =>
    rows.map(({ venue, state, acknowledged, fate }, index) => {
      const venueOrderId = acknowledged ? `v-${index}` : null;
      return { fate, order: order({ venue, state, venueOrderId, clientOrderId: `mine-${index}` }) };
    }),
  );

const strangers: fc.Arbitrary<Order[]> = fc
  .array(fc.record({ venue: fc.constantFrom(...VENUES), ours: fc.boolean() }), { maxLength: 5 })
  .map((rows) =>
    rows.map(({ venue, ours }, index) => {
      const clientOrderId = `${ours ? 'mine' : 'theirs'}-new-${index}`;
      return order({ venue, clientOrderId, venueOrderId: `s-${index}` });
    }),
  );

function atVenue({ order: known, fate }: Known): Order[] {
  if (fate === 'resting') return [{ ...known, state: 'open' }];
  return fate === 'filled further' ? [{ ...known, state: 'open', filled: '1' }] : [];
}

function answerTo(fate: Fate): LookUp | null {
  switch (fate) {
    case 'filled':
    case 'cancelled':
    case 'expired':
    case 'rejected':
      return { outcome: 'closed', status: fate, filled: '1' };
    case 'absent':
      return { outcome: 'absent' };
    case 'unreadable':
      return { outcome: 'unreadable', why: 'timed out' };
    case 'resting':
    case 'filled further':
    case 'unanswered':
      return null;
  }
}

function expectedKind({ order: known, fate }: Known, read: ReadonlySet<string>): ResolutionKind {
  if (!read.has(known.venue)) return 'unknown';
  switch (fate) {
    case 'resting':
      return 'still_open';
    case 'filled further':
      return 'partly_filled';
    case 'filled':
    case 'cancelled':
    case 'expired':
    case 'rejected':
      return fate;
    case 'absent':
      return known.state === 'in_flight' && known.venueOrderId === null
        ? 'never_arrived'
        : 'unknown';
    case 'unreadable':
    case 'unanswered':
      return 'unknown';
  }
}

const worlds = fc
  .record({
    known: knownOrders,
    strange: strangers,
    read: fc.subarray(VENUES).map((venues) => new Set(venues)),
    foreign: fc.constantFrom('leave', 'adopt'),
  })
  .map(({ known, strange, read, foreign }) => {
    const open = [...known.flatMap(atVenue), ...strange];
    const venues = VENUES.map((venue) =>
      read.has(venue)
        ? readable(venue, { orders: open.filter((each) => each.venue === venue) })
        : unreadable(venue),
    );
    const state = engineState({ orders: known.map((each) => each.order) });
    const options = { orderIdPrefix: 'mine-', foreign };
    const asked = ordersToLookUp(state, snapshot(...venues), options).map(namedOrderKey);
    const lookUps = new Map<string, LookUp>();
    for (const each of known) {
      const answer = asked.includes(namedOrderKey(each.order)) ? answerTo(each.fate) : null;
      if (answer !== null) lookUps.set(namedOrderKey(each.order), answer);
    }
    const recovered = recoverOrders(state, snapshot(...venues), lookUps, options);
    return { known, strange, read, foreign, recovered };
  });

test('every known order ends in exactly one resolution, the one that its fate asks for', () => {
  fc.assert(
    fc.property(worlds, ({ known, read, recovered }) => {
      for (const each of known) {
        const found = recovered.resolutions.filter((r) => orderKey(r) === orderKey(each.order));
        assert.deepEqual(
          found.map(({ kind }) => kind),
          [expectedKind(each, read)],
        );
      }
    }),
    RUNS,
  );
});

test('resolves the known and the strangers that can be seen, and nothing else', () => {
  fc.assert(
    fc.property(worlds, ({ known, strange, read, recovered }) => {
      const seen = [
        ...known.map((each) => orderKey(each.order)),
        ...strange.filter(({ venue }) => read.has(venue)).map(orderKey),
      ];
      assert.deepEqual(recovered.resolutions.map(orderKey).toSorted(), seen.toSorted());
    }),
    RUNS,
  );
});

test('what is unknown is kept in the state, never dropped as cancelled', () => {
  fc.assert(
    fc.property(worlds, ({ known, read, recovered }) => {
      const kept = new Set(recovered.orders.map(orderKey));
      for (const each of known) {
        if (expectedKind(each, read) === 'unknown') assert.ok(kept.has(orderKey(each.order)));
      }
    }),
    RUNS,
  );
});

test('the recovered state holds what may still trade, each once, and no foreign order', () => {
  fc.assert(
    fc.property(worlds, ({ known, strange, read, foreign, recovered }) => {
      const alive = new Set(['still_open', 'partly_filled', 'unknown']);
      const expected = [
        ...known
          .filter((each) => alive.has(expectedKind(each, read)))
          .map((each) => orderKey(each.order)),
        ...strange
          .filter(({ venue }) => read.has(venue))
          .filter(({ clientOrderId }) => foreign === 'adopt' || clientOrderId.startsWith('mine-'))
          .map(orderKey),
      ];
      assert.deepEqual(recovered.orders.map(orderKey).toSorted(), expected.toSorted());
    }),
    RUNS,
  );
});
