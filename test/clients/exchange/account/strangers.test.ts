/**
 * What others have on an account keeps nothing of ours in the market: each venue, each reason for which
 * one row of its open orders can be refused. The oracle is the venue's ledger.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { cancelOwnOrders } from '../../../../activities/procedures/cancel-orders.js';
import { describeCancelled, isClear } from '../../../../activities/procedures/cancelled.js';
import { ALWAYS } from '../../../../activities/procedures/lease.js';
import type { VenueAccount } from '../../../../activities/ports.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { openTwist, type Twist } from '../answers/twist.js';
import { openBench, type Bench } from '../bench.js';

const OURS = { prefix: 'rl-' };
const AT_ONCE = { sleep: async () => undefined, beat: () => undefined, lease: ALWAYS };

type Row = Record<string, unknown>;
type Change = (row: Row) => Row;

const set =
  (fields: Row): Change =>
  (row) => ({ ...row, ...fields });
const without =
  (field: string): Change =>
  (row) =>
    Object.fromEntries(Object.entries(row).filter(([key]) => key !== field));

interface Venue {
  path: string;
  /** The rows of the list's body, and the body with others. */
  rows: (body: unknown) => Row[];
  withRows: (body: unknown, rows: Row[]) => unknown;
  /** A row of somebody else, from one of ours. */
  stranger: Change;
  clientId: string;
  /** What may be the matter with it, and what is said of its instrument. */
  faults: Record<string, Change>;
}

const bare = {
  rows: (body: unknown) => body as Row[],
  withRows: (_body: unknown, rows: Row[]) => rows,
};
const keyed = (key: string) => ({
  rows: (body: unknown) => (body as Record<string, Row[]>)[key] as Row[],
  withRows: (body: unknown, rows: Row[]) => ({ ...(body as Row), [key]: rows }),
});

const binanceFaults = {
  'an instrument that is not listed': set({ symbol: 'NEWUSDT' }),
  'a status that is not known': set({ status: 'SOMETHING_NEW' }),
  'no status': without('status'),
  'a side that is none': set({ side: 'BOTH' }),
  'no quantity': without('origQty'),
  'nothing filled told': set({ executedQty: null }),
};

const VENUES: Partial<Record<VenueId, Venue>> = {
  binance: {
    ...bare,
    path: '/openOrders',
    stranger: set({ orderId: 777, clientOrderId: 'other-1' }),
    clientId: 'clientOrderId',
    faults: binanceFaults,
  },
  binanceusdm: {
    ...bare,
    path: '/openOrders',
    stranger: set({ orderId: 777, clientOrderId: 'autoclose-1' }),
    clientId: 'clientOrderId',
    faults: binanceFaults,
  },
  coinbase: {
    ...keyed('orders'),
    path: '/historical/batch',
    stranger: set({ order_id: 'o-777', client_order_id: 'other-1' }),
    clientId: 'client_order_id',
    faults: {
      'an instrument that is not listed': set({ product_id: 'NEW-USD' }),
      'a status that is not known': set({ status: 'SOMETHING_NEW' }),
      'no time': without('created_time'),
      'a side that is none': set({ side: 'UNKNOWN_ORDER_SIDE' }),
      'no size': set({ order_configuration: {} }),
    },
  },
  kraken: {
    path: '/OpenOrders',
    rows: (body) => {
      const { open } = (body as { result: { open: Record<string, Row> } }).result;
      return Object.entries(open).map(([id, row]) => ({ ...row, id }));
    },
    withRows: (_body, rows) => ({
      error: [],
      result: { open: Object.fromEntries(rows.map(({ id, ...row }) => [id as string, row])) },
    }),
    stranger: set({ id: 'O-777', cl_ord_id: 'other-1' }),
    clientId: 'cl_ord_id',
    faults: {
      'an instrument that is not listed': (row) => ({
        ...row,
        descr: { ...(row['descr'] as Row), pair: 'AAPLxUSD' },
      }),
      'no description': without('descr'),
      'no type': (row) => ({ ...row, descr: without('ordertype')(row['descr'] as Row) }),
      'no volume': without('vol'),
    },
  },
  krakenfutures: {
    ...keyed('openOrders'),
    path: '/openorders',
    stranger: set({ order_id: 'o-777', cliOrdId: 'other-1' }),
    clientId: 'cliOrdId',
    faults: {
      'an instrument that is not listed': set({ symbol: 'PF_NEWUSD' }),
      'no size': without('unfilledSize'),
      'no type': without('orderType'),
      'a side that is none': set({ side: 'both' }),
      'nothing filled told': (row) => ({
        ...without('filledSize')(row),
        status: 'partiallyFilled',
      }),
    },
  },
};

let bench: Bench;
const twists = new Map<string, { twist: Twist; account: VenueAccount }>();
before(async () => {
  bench = await openBench();
  for (const venue of Object.keys(VENUES) as VenueId[]) {
    const twist = await openTwist(bench.venues.urls[venue]);
    const account = bench.account(venue, { url: twist.url, timeoutMs: 5_000 });
    twists.set(venue, { twist, account });
  }
});
afterEach(() => twists.forEach(({ twist }) => twist.off()));
after(async () => {
  twists.forEach(({ twist }) => twist.close());
  await bench.venues.close();
});

function at(venue: string) {
  const found = twists.get(venue);
  assert.ok(found);
  return found;
}

async function openIds(venue: VenueId): Promise<(string | null)[]> {
  const { openOrders } = (await bench.admin.ledger()).venues[venue];
  return openOrders.map(({ clientOrderId }) => clientOrderId);
}

for (const [name, told] of Object.entries(VENUES)) {
  const venue = name as VenueId;
  for (const [fault, change] of Object.entries(told.faults)) {
    test(`${venue}: ours is cancelled beside a stranger's row with ${fault}`, async () => {
      const { twist, account } = at(venue);
      await bench.place(venue, { id: 'rl-1' });
      let like: Row | null = null;
      const beside = (alter: Change) => (body: unknown) => {
        const rows = told.rows(body);
        like ??= rows[0] ?? null;
        const isEmpty = venue === 'coinbase' && rows.length === 0;
        if (like === null || isEmpty) return body; // one of its two lists
        return told.withRows(body, [change(alter(like)), ...rows]);
      };
      twist.on(told.path, beside(told.stranger));
      const done = await cancelOwnOrders(account, OURS, AT_ONCE);
      assert.deepEqual([done.cancelled, await openIds(venue)], [['rl-1'], []]);
      assert.deepEqual([done.verified, done.left, done.doubtful], [true, [], 0]);
      if (venue === 'coinbase') return; // shown with ours only
      assert.match(describeCancelled(done), /1 not understood: (\S+|of no instrument) \(/);
      await assert.rejects(account.openOrders().then((all) => assert.equal(all.length, 0)));
    });
  }

  test(`${venue}: a row without a client id that is not understood may be ours, and is no clear end`, async () => {
    const { twist, account } = at(venue);
    await bench.place(venue, { id: 'rl-2' });
    const [change] = Object.values(told.faults);
    twist.on(told.path, (body) => {
      const [first, ...others] = told.rows(body);
      if (first === undefined) return body;
      const unnamed = (change as Change)(without(told.clientId)(first));
      return told.withRows(body, [unnamed, ...others]);
    });
    const done = await cancelOwnOrders(account, OURS, AT_ONCE);
    assert.deepEqual([done.doubtful, isClear(done)], [1, false]);
    assert.match(describeCancelled(done), /1 OF THEM MAY BE OURS/);
    twist.off();
    assert.deepEqual((await cancelOwnOrders(account, OURS, AT_ONCE)).cancelled, ['rl-2']);
  });

  test(`${venue}: a row of ours that is not understood is cancelled by the venue's id`, async () => {
    const { twist, account } = at(venue);
    await bench.place(venue, { id: 'rl-3' });
    const changes = Object.entries(told.faults).filter(([fault]) => !/instrument/.test(fault));
    const [, change] = changes[0] ?? [];
    assert.ok(change);
    twist.on(told.path, (body) => told.withRows(body, told.rows(body).map(change)));
    const done = await cancelOwnOrders(account, OURS, AT_ONCE);
    assert.deepEqual([done.cancelled, await openIds(venue)], [['rl-3'], []]);
    assert.equal(isClear(done), true);
  });

  test(`${venue}: a stop that only closes stays, and is named; asked for, it is cancelled`, async () => {
    const { account } = at(venue);
    const isSpot = venue === 'binance' || venue === 'coinbase';
    await bench.place(venue, { id: 'rl-holds', type: 'market', quantity: '1' });
    await bench.place(venue, {
      id: 'rl-stop',
      side: 'sell',
      ...(isSpot ? { price: '49900.5' } : { type: 'market' as const }),
      ...(isSpot || venue === 'kraken' ? {} : { reduceOnly: true }),
      trigger: { kind: 'stop', price: '50000.2' },
    });
    await bench.place(venue, { id: 'rl-4' });
    const done = await cancelOwnOrders(account, OURS, AT_ONCE);
    assert.deepEqual([done.cancelled, await openIds(venue)], [['rl-4'], ['rl-stop']]);
    assert.equal(isClear(done), true);
    assert.match(
      describeCancelled(done),
      /1 protective left in the market: rl-stop \(sell 0\.125 of/,
    );
    const all = await cancelOwnOrders(account, { ...OURS, keepProtective: false }, AT_ONCE);
    assert.deepEqual([all.cancelled, all.protective, await openIds(venue)], [['rl-stop'], [], []]);
  });
}

test('Kraken Futures: a trigger of the whole position has no size, and is understood', async () => {
  const { twist, account } = at('krakenfutures');
  await bench.place('krakenfutures', { id: 'rl-5' });
  twist.on('/openorders', (body) => {
    const [row = {}] = (body as { openOrders: Row[] }).openOrders;
    const whole = { orderType: 'take_profit', side: 'sell', reduceOnly: true, stopPrice: 80000.5 };
    const { unfilledSize, limitPrice, ...rest } = row;
    assert.ok(unfilledSize !== undefined && limitPrice !== undefined);
    return { ...(body as Row), openOrders: [{ ...rest, ...whole, order_id: 'tp' }] };
  });
  const [order] = await account.openOrders();
  assert.deepEqual(
    [order?.quantity, order?.reduceOnly, order?.conditional, order?.triggerPrice],
    ['0', true, true, '80000.5'],
  );
  twist.off();
  await cancelOwnOrders(account, OURS, AT_ONCE);
});

test('USD-M: one list that cannot be read keeps no order of the other in the market', async (t) => {
  const { twist, account } = at('binanceusdm');
  await bench.place('binanceusdm', { id: 'rl-6' });
  twist.on('/openAlgoOrders', () => ({ msg: 'Service unavailable' }));
  t.after(() => twist.off());
  const done = await cancelOwnOrders(account, OURS, AT_ONCE);
  assert.deepEqual([done.cancelled, await openIds('binanceusdm')], [['rl-6'], []]);
  assert.deepEqual([done.verified, isClear(done)], [false, false]);
});
