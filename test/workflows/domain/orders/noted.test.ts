/** Orders that a journal tells of: each note has one fate, or is asked about, and none twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { namedOrderKey, orderKey } from '../../../../workflows/domain/books/keys.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import {
  ordersToLookUp,
  recoverOrders,
  type LookUp,
} from '../../../../workflows/domain/orders/fate/recovery.js';
import {
  countsOf,
  withinReason,
  withNoted,
  type NotedOrder,
} from '../../../../workflows/domain/orders/noted.js';
import { engineState, fill, order, readable, snapshot } from '../builders.js';

const RUNS = { numRuns: 1_000, seed: 20_261_130 };

function note(change: Partial<NotedOrder> = {}): NotedOrder {
  return {
    instanceId: 'desk-e7',
    sequence: 1,
    timeNs: '1795000000000000000',
    venue: 'alpha',
    account: 'main',
    instrument: 'BTC/USDT',
    clientOrderId: 'mine-1',
    side: 'buy',
    quantity: '2',
    price: '60000',
    ...change,
  };
}

const NAMES = ['mine-1', 'mine-2', 'theirs-3', 'x-4'];
const terms = {
  clientOrderId: fc.constantFrom(...NAMES),
  side: fc.constantFrom('buy', 'sell'),
  quantity: fc.constantFrom('2', '2.0', '3'),
  price: fc.constantFrom('60000', null),
} as const;
const notes = fc
  .array(fc.record(terms), { maxLength: 12 })
  .map((rows) => rows.map((row, index) => note({ ...row, sequence: index + 1 })));
const states = fc
  .uniqueArray(fc.record(terms), { selector: ({ clientOrderId }) => clientOrderId })
  .map((rows) => rows.map((row) => order({ ...row, state: 'open', quantity: '2' })));
const ANSWERS: readonly LookUp[] = [
  { outcome: 'closed', status: 'filled', filled: '2' },
  { outcome: 'closed', status: 'cancelled', filled: '0' },
  { outcome: 'closed', status: 'rejected', filled: '0' },
  { outcome: 'absent' },
  { outcome: 'unreadable', why: 'timed out' },
];
const worlds = fc.record({
  orders: states,
  noted: notes,
  resting: fc.subarray(NAMES),
  answers: fc.array(fc.constantFrom(...ANSWERS), { minLength: 4, maxLength: 4 }),
});

const isAlike = (one: NotedOrder, other: NotedOrder) =>
  one.side === other.side &&
  Number(one.quantity) === Number(other.quantity) &&
  one.price === other.price;

/** Restated: where the fate of a note must be found. */
function placeOf(one: NotedOrder, orders: readonly Order[], noted: readonly NotedOrder[]) {
  const known = orders.find(({ clientOrderId }) => clientOrderId === one.clientOrderId);
  if (known !== undefined) return known.side === one.side ? 'state' : 'question';
  const last = noted.findLast(({ clientOrderId }) => clientOrderId === one.clientOrderId);
  return last !== undefined && isAlike(one, last) ? 'joined' : 'question';
}

test('each note has one fate or one question, and no order has two', () => {
  fc.assert(
    fc.property(worlds, ({ orders, noted, resting, answers }) => {
      const added = withNoted(engineState({ orders }), noted);
      const places = noted.map((one) => placeOf(one, orders, noted));
      const of = (place: string) => places.filter((one) => one === place).length;
      assert.deepEqual([added.known, added.open.length], [of('state'), of('question')]);
      assert.ok(added.open.every(({ kind }) => kind === 'unknown'));
      const names = new Set(noted.filter((_, at) => places[at] === 'joined').map(orderKey));
      assert.deepEqual(new Set(added.joined.map(orderKey)), names);
      assert.equal(added.joined.length, names.size);

      const options = {
        orderIdPrefix: 'mine-',
        foreign: 'leave',
        noted: new Set(added.joined),
      } as const;
      const rows = added.joined
        .filter(({ clientOrderId }) => resting.includes(clientOrderId))
        .map((each) => ({
          ...each,
          state: 'open' as const,
          venueOrderId: `v-${each.clientOrderId}`,
        }));
      const venues = snapshot(readable('alpha', { orders: rows }));
      const asked = ordersToLookUp(added.state, venues, options);
      const told = asked.map((each) => {
        return [namedOrderKey(each), answers[NAMES.indexOf(each.clientOrderId)] as LookUp] as const;
      });
      const { resolutions, orders: left } = recoverOrders(
        added.state,
        venues,
        new Map(told),
        options,
      );
      const fates = resolutions.filter((each) => each.noted === true);
      assert.deepEqual(fates.map(orderKey).sort(), added.joined.map(orderKey).sort());
      for (const { clientOrderId, kind } of fates) {
        const answer = answers[NAMES.indexOf(clientOrderId)] as LookUp;
        assert.equal(kind, resting.includes(clientOrderId) ? 'still_open' : kindOf(answer));
        const stays = left.some((each) => each.clientOrderId === clientOrderId);
        assert.equal(stays, ['still_open', 'unknown'].includes(kind), 'ours, whatever its name');
      }
      const counts = countsOf(added.known, [...resolutions, ...added.open]);
      const total = Object.values(counts.fates).reduce((sum, count) => sum + count, 0);
      assert.equal(total, added.joined.length + added.open.length);
    }),
    RUNS,
  );
});

function kindOf(answer: LookUp): string {
  if (answer.outcome === 'closed') return answer.status;
  return answer.outcome === 'absent' ? 'never_arrived' : 'unknown';
}

test('an order that the state does not know is measured by all fills in hand, those too that the state holds', () => {
  const { state, joined } = withNoted(engineState({ orders: [] }), [note()]);
  const row = order({ clientOrderId: 'mine-1', venueOrderId: 'v-1', filled: '1' });
  const venues = snapshot(readable('alpha', { orders: [row] }));
  const known = fill({ venueOrderId: 'v-1', quantity: '1' });
  const options = { orderIdPrefix: '', foreign: 'leave', fills: [], fillsInAll: [known] } as const;
  const noted = new Set(joined);
  const { resolutions } = recoverOrders(state, venues, new Map(), { ...options, noted });
  assert.deepEqual(
    resolutions.map(({ kind, note: words }) => [kind, words]),
    [['partly_filled', 'known by the journal alone; was in flight: it had arrived']],
  );
});

test('of more orders than are asked about the newest are, and of the others that is the answer', () => {
  const many = Array.from({ length: 1_003 }, (_, at) =>
    note({ clientOrderId: `n-${at}`, sequence: at + 1 }),
  );
  const { joined } = withNoted(engineState({ orders: [] }), many);
  const { orders, answers } = withinReason([order(), ...joined], joined);
  assert.deepEqual([orders.length, orders[0]?.clientOrderId], [1_001, 'mine-1']);
  assert.deepEqual([orders[1]?.clientOrderId, orders.at(-1)?.clientOrderId], ['n-3', 'n-1002']);
  assert.deepEqual(
    [...answers.values()].map(({ outcome }) => outcome),
    Array(3).fill('unreadable'),
  );
});
