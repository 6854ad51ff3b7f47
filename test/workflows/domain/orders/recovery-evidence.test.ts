/** What fills, triggers and dead-man switches say of an order's fate. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  ordersToLookUp,
  recoverOrders,
  type LookUp,
  type OrderOptions,
} from '../../../../workflows/domain/orders/fate/recovery.js';
import { namedOrderKey, orderKey } from '../../../../workflows/domain/books/keys.js';
import type { Fill, Order } from '../../../../workflows/domain/books/state.js';
import { engineState, fill, order, readable, snapshot } from '../builders.js';
import { toText } from '../exact.js';

const OPTIONS: OrderOptions = { orderIdPrefix: 'mine-', foreign: 'leave' };

interface Given {
  known?: Order[];
  open?: Order[];
  lookUp?: LookUp;
  options?: Partial<OrderOptions>;
}

function recover({ known = [order()], open = [], lookUp, options = {} }: Given) {
  const lookUps = new Map(
    lookUp === undefined ? [] : known.map((each) => [namedOrderKey(each), lookUp] as const),
  );
  const venues = snapshot(readable('alpha', { orders: open }));
  const state = engineState({ orders: known });
  const recovered = recoverOrders(state, venues, lookUps, { ...OPTIONS, ...options });
  return { ...recovered, asked: ordersToLookUp(state, venues, { ...OPTIONS, ...options }) };
}

function noteOf(given: Given): string {
  const { resolutions } = recover(given);
  const [one, ...more] = resolutions.filter(({ kind }) => kind !== 'ended_unseen');
  assert.deepEqual(more, []);
  return one?.note ?? '';
}

const FILLED: LookUp = { outcome: 'closed', status: 'filled', filled: '2' };

function traded(...quantities: string[]): Fill[] {
  return quantities.map((quantity, index) =>
    fill({ tradeId: `t-${index}`, venueOrderId: 'v-1', quantity }),
  );
}

test('a filled quantity that its fills add up to needs no note', () => {
  const fills = traded('0.5', '1');
  assert.equal(
    noteOf({ known: [order({ filled: '0.5' })], lookUp: FILLED, options: { fills } }),
    '',
  );
});

test('a filled quantity that its fills do not reach says that one may be missing', () => {
  const note = noteOf({ lookUp: FILLED, options: { fills: traded('0.5') } });
  assert.equal(note, 'its fills add up to 0.5, the venue says 2: a fill may be missing');
});

test('fills beyond the filled quantity are said, of an open order too', () => {
  const note = noteOf({ open: [order()], options: { fills: traded('0.5') } });
  assert.equal(note, 'its fills add up to 0.5, the venue says 0');
});

test('an order filled beyond its quantity is overfilled', () => {
  const note = noteOf({ lookUp: { outcome: 'closed', status: 'filled', filled: '2.5' } });
  assert.equal(note, 'overfilled: 2.5 of 2');
});

test('nothing is checked without fills, without a venue id, or before its trigger', () => {
  assert.equal(noteOf({ lookUp: FILLED }), '');
  const fills = traded('0.5');
  const unnamed = order({ venueOrderId: null });
  assert.equal(noteOf({ known: [unnamed], lookUp: FILLED, options: { fills } }), '');
  const stop = order({ conditional: true });
  const waiting = { outcome: 'found', order: stop } as const;
  assert.equal(noteOf({ known: [stop], lookUp: waiting, options: { fills } }), '');
});

test('fills of another order with the same id elsewhere prove nothing', () => {
  const fills = [fill({ venue: 'beta', venueOrderId: 'v-1' }), fill({ venueOrderId: 'v-2' })];
  assert.match(noteOf({ lookUp: FILLED, options: { fills } }), /add up to 0, the venue says 2/);
});

test('a conditional order that rests as a plain one, or traded, has been triggered', () => {
  const stop = order({ conditional: true, triggerPrice: '50000' });
  assert.equal(noteOf({ known: [stop], open: [order()] }), 'its trigger fired');
  assert.equal(noteOf({ known: [stop], lookUp: FILLED }), 'its trigger fired');
  assert.equal(noteOf({ known: [stop], open: [stop] }), '');
  const cancelled = { outcome: 'closed', status: 'cancelled', filled: '0' } as const;
  assert.equal(noteOf({ known: [stop], lookUp: cancelled }), '');
});

test('a cancellation where the dead-man switch may have fired is said to be so, elsewhere not', () => {
  const lookUp: LookUp = { outcome: 'closed', status: 'cancelled', filled: '0' };
  const at = (venue: string) => noteOf({ lookUp, options: { expectedCancel: new Set([venue]) } });
  assert.equal(
    at('alpha'),
    'cancelled where a dead-man switch may have fired: by what is not known',
  );
  assert.equal(at('beta'), '');
  const expired: LookUp = { ...lookUp, status: 'expired' };
  assert.equal(noteOf({ lookUp: expired, options: { expectedCancel: new Set(['alpha']) } }), '');
});

test('a stranger is asked about where the policy says so, and kept out until then', () => {
  const open = [order({ clientOrderId: 'theirs-1' })];
  const { resolutions, orders } = recover({ known: [], open, options: { foreign: 'ask' } });
  assert.deepEqual([resolutions[0]?.kind, resolutions[0]?.asks, orders], ['foreign', true, []]);
  assert.equal(recover({ known: [], open }).resolutions[0]?.asks, undefined);
});

test('an order of ours whose client id the venue does not tell is known by its venue id', () => {
  const open = [order({ clientOrderId: 'venue:v-1', filled: '1' })];
  const { resolutions, orders, asked } = recover({ open });
  assert.deepEqual(asked, []);
  assert.deepEqual(
    resolutions.map(({ kind, clientOrderId }) => [kind, clientOrderId]),
    [['partly_filled', 'mine-1']],
  );
  assert.deepEqual(orders, [order({ filled: '1' })]);
});

test('what a trigger made of our order is the same order, whatever its client id', () => {
  const stop = order({ conditional: true, venueOrderId: 'algo-5', triggerPrice: '50000' });
  const child = order({ clientOrderId: 'made-by-the-venue', venueOrderId: 'v-77' });
  const theirs = order({ clientOrderId: 'theirs', venueOrderId: 'v-78' });
  const lookUp = { outcome: 'found', order: child } as const;
  for (const foreign of ['leave', 'adopt', 'ask'] as const) {
    const given = { known: [stop], open: [child, theirs], lookUp, options: { foreign } };
    const { resolutions, orders } = recover(given);
    assert.deepEqual(
      resolutions.map(({ clientOrderId, kind }) => [clientOrderId, kind]),
      [
        [stop.clientOrderId, 'still_open'],
        ['theirs', foreign === 'adopt' ? 'adopted' : 'foreign'],
      ],
    );
    assert.equal(orders.filter(({ venueOrderId }) => venueOrderId === 'v-77').length, 1);
  }
});

test('the same venue id on another instrument is another order', () => {
  const open = [order({ clientOrderId: 'venue:v-1', instrument: 'ETH/USDT' })];
  const { resolutions, asked } = recover({ open });
  assert.deepEqual(asked, [order()]);
  assert.deepEqual(
    resolutions.map(({ kind }) => kind),
    ['unknown', 'foreign'],
  );
});

test('an order that the state repeats ends in one resolution', () => {
  const { resolutions, orders } = recover({ known: [order(), order()], open: [order()] });
  assert.deepEqual([resolutions.length, orders.length], [1, 1]);
});

const rows = fc.array(
  fc.record({
    named: fc.boolean(),
    open: fc.boolean(),
    repeated: fc.boolean(),
    before: fc.integer({ min: 0, max: 10 }),
    fills: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
    lost: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 10 },
);

test('one resolution each, and a note exactly where fills and the venue disagree', () => {
  fc.assert(
    fc.property(rows, fc.boolean(), (given, reversed) => {
      const text = (steps: number) => toText(BigInt(steps), 1);
      const sum = (steps: number[]) => steps.reduce((total, each) => total + each, 0);
      const known = given.map((row, index) =>
        order({
          clientOrderId: `mine-${index}`,
          venueOrderId: `v-${index}`,
          quantity: '100',
          filled: text(row.before),
        }),
      );
      const now = known.map((each, index) => ({
        ...each,
        filled: text((given[index]?.before ?? 0) + sum(given[index]?.fills ?? [])),
        ...(given[index]?.named === true ? {} : { clientOrderId: `venue:v-${index}` }),
      }));
      const fills = given.flatMap((row, index) =>
        row.fills.slice(row.lost).map((steps, nth) =>
          fill({
            tradeId: `t-${index}-${nth}`,
            venueOrderId: `v-${index}`,
            quantity: text(steps),
          }),
        ),
      );
      const open = now.filter((_, index) => given[index]?.open === true);
      const lookUps = new Map<string, LookUp>();
      for (const [index, each] of known.entries()) {
        const filled = now[index]?.filled ?? '0';
        const closed = given[index]?.open !== true;
        if (closed)
          lookUps.set(namedOrderKey(each), { outcome: 'closed', status: 'cancelled', filled });
      }
      const repeats = known.filter((_, index) => given[index]?.repeated === true);
      const orders = [...known, ...repeats];
      const { resolutions } = recoverOrders(
        engineState({ orders: reversed ? orders.toReversed() : orders }),
        snapshot(readable('alpha', { orders: open })),
        lookUps,
        { ...OPTIONS, fills: reversed ? fills.toReversed() : fills },
      );
      assert.equal(resolutions.length, known.length);
      for (const [index, each] of known.entries()) {
        const [found, ...more] = resolutions.filter((r) => orderKey(r) === orderKey(each));
        assert.deepEqual(more, []);
        const disagrees = sum((given[index]?.fills ?? []).slice(0, given[index]?.lost)) > 0;
        assert.equal(/may be missing/.test(found?.note ?? ''), disagrees);
        assert.equal(found?.filledNow, now[index]?.filled);
      }
    }),
    { numRuns: 1000, seed: 23 },
  );
});
