/** Cancelling our own orders when venues are in trouble. The oracle is the venue's ledger. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { cancelOwnOrders } from '../../../activities/procedures/cancel-orders.js';
import { describeCancelled, isClear } from '../../../activities/procedures/cancelled.js';
import { ownedBy } from '../../../activities/procedures/own-orders.js';
import type { OpenOrders, VenueAccount } from '../../../activities/ports.js';
import { ALWAYS } from '../../../activities/procedures/lease.js';
import { PATIENCE } from '../../../activities/procedures/patiently.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import { failure } from '../../../workflows/failure.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import { readFault } from '../../../workflows/domain/books/read-fault.js';
import { order as anOrder } from '../../workflows/domain/builders.js';
import { openBench, type Bench } from '../../clients/exchange/bench.js';

const VENUE = 'kraken';
const OURS = { prefix: 'rl-' };
/** The pauses of real life, a little shorter. */
const PACE = { sleep: (ms: number) => delay(ms / 5), beat: () => undefined, lease: ALWAYS };

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());
beforeEach(async () => {
  await bench.admin.clearFaults();
  const { openOrders } = (await bench.admin.ledger()).venues[VENUE];
  for (const { venueOrderId } of openOrders) {
    await bench.admin.cancelOrder({ venue: VENUE, venueOrderId });
  }
});

async function openIds(): Promise<(string | null)[]> {
  const { openOrders } = (await bench.admin.ledger()).venues[VENUE];
  return openOrders.map(({ clientOrderId }) => clientOrderId);
}

test('one reading that fails does not end it', async () => {
  await bench.place(VENUE, { id: 'rl-1' });
  const once = { venue: VENUE, endpoint: 'openOrders', kind: 'rate-limit', count: 1 } as const;
  await bench.admin.setFault(once);
  const first = await cancelOwnOrders(bench.account(VENUE), OURS, PACE);
  assert.deepEqual([first.cancelled, isClear(first), await openIds()], [['rl-1'], true, []]);
  await bench.place(VENUE, { id: 'rl-2' });
  await bench.admin.setFault({ ...once, after: 1 }); // the one that verifies
  const second = await cancelOwnOrders(bench.account(VENUE), OURS, PACE);
  assert.deepEqual([second.cancelled, isClear(second)], [['rl-2'], true]);
});

function onlyThese(orders: Order[]): OpenOrders {
  return { orders, protective: new Set(), notUnderstood: [], unread: [] };
}

const nothing = () => onlyThese([]);

/** Reads as told from some look on; its failures do not make the test wait. */
function failingFrom(t: TestContext, first: number, kind: FailureKind) {
  const account = bench.account(VENUE);
  const seen = { looks: 0, over: false };
  t.after(() => (seen.over = true));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const failing: VenueAccount = {
    ...account,
    readOpenOrders: async () => {
      seen.looks += 1;
      if (seen.looks < first) return account.readOpenOrders();
      setImmediate(() => seen.over || t.mock.timers.tick(PATIENCE.stopping.longestWaitMs));
      throw failure(kind, 'it is away');
    },
  };
  return { failing, seen };
}

const AT_ONCE = { sleep: async () => undefined, beat: () => undefined, lease: ALWAYS };

test('a venue that falls silent leaves unknown what was not cancelled, and says so', async (t) => {
  await bench.place(VENUE, { id: 'rl-1' });
  const { failing, seen } = failingFrom(t, 2, 'VenueUnreadable');
  const done = await cancelOwnOrders(failing, OURS, AT_ONCE);
  assert.deepEqual([done.cancelled, done.verified, isClear(done)], [['rl-1'], false, false]);
  assert.deepEqual(done.trouble, ['it is away']);
  assert.equal(seen.looks, 1 + PATIENCE.stopping.tries);
  assert.match(
    describeCancelled(done),
    /^1 cancelled, 0 left at least, the venue could not be read/,
  );
});

test('a venue that refuses is not asked again, and the reason is kept', async (t) => {
  const { failing, seen } = failingFrom(t, 1, 'VenueRefused');
  const done = await cancelOwnOrders(failing, OURS, AT_ONCE);
  assert.deepEqual([done.verified, done.trouble, seen.looks], [false, ['it is away'], 1]);
});

test('work that is cancelled ends in the wait after a failed reading', async (t) => {
  const { failing, seen } = failingFrom(t, 1, 'VenueUnreadable');
  const cancelled = new AbortController();
  const pace = { ...AT_ONCE, beat: () => cancelled.abort(), signal: cancelled.signal };
  await assert.rejects(cancelOwnOrders(failing, OURS, pace), { name: 'AbortError' });
  assert.equal(seen.looks, 1);
});

test('an order that arrives after the first look is cancelled too', async () => {
  const account = bench.account(VENUE);
  let looks = 0;
  const late: VenueAccount = {
    ...account,
    readOpenOrders: async () => {
      const open = await account.readOpenOrders();
      looks += 1;
      if (looks === 1) await bench.place(VENUE, { id: 'rl-late' });
      return open;
    },
  };
  const done = await cancelOwnOrders(late, OURS, PACE);
  assert.deepEqual([done.cancelled, await openIds()], [['rl-late'], []]);
});

test('one empty reading at the end of all tries is not believed', async () => {
  await bench.place(VENUE, { id: 'rl-slow' });
  const account = bench.account(VENUE);
  let looks = 0;
  const lagging: VenueAccount = {
    ...account,
    readOpenOrders: async () => ((looks += 1) === 6 ? nothing() : account.readOpenOrders()),
    cancel: async () => undefined,
  };
  const done = await cancelOwnOrders(lagging, OURS, PACE);
  assert.deepEqual([done.left, isClear(done), await openIds()], [['rl-slow'], false, ['rl-slow']]);
});

test('an order that fills before its cancel is not called cancelled', async () => {
  await bench.place(VENUE, { id: 'rl-fills' });
  const account = bench.account(VENUE);
  const slow: VenueAccount = {
    ...account,
    cancel: async (order) => {
      await bench.admin.fillOrder({ venue: VENUE, clientOrderId: 'rl-fills' });
      await account.cancel(order);
    },
  };
  const done = await cancelOwnOrders(slow, OURS, PACE);
  assert.deepEqual([done.cancelled, done.filledOrGone, done.left], [[], ['rl-fills'], []]);
  assert.match(
    describeCancelled(done),
    /^0 cancelled, 1 filled or gone before that: rl-fills, 0 left/,
  );
});

test('what the engine has in its book is ours under any name; what is nobody knows whose is named', async () => {
  const nameless = await bench.place(VENUE);
  const stranger = await bench.place(VENUE);
  const adopted = await bench.place(VENUE, { id: 'by-hand' });
  await bench.place(VENUE, { id: 'other-desk' });
  const book = [{ ...nameless, clientOrderId: 'rl-lost-its-name' }, adopted];
  const ownership = { prefix: 'rl-', known: ownedBy(book) };
  const done = await cancelOwnOrders(bench.account(VENUE), ownership, PACE);
  assert.equal(done.cancelled.length, 2);
  assert.ok(done.cancelled.includes('by-hand'));
  assert.equal(done.ofOthers, 2);
  assert.deepEqual(done.unnamed, [`venue:${stranger.venueOrderId}`]);
  assert.deepEqual(new Set(await openIds()), new Set(['other-desk', null]));
});

/** An order that is open at the first look, whose cancel says nothing, and that is gone then. */
function vanishing(lookUp: VenueAccount['lookUp']): VenueAccount {
  const order = { ...anOrder({ clientOrderId: 'rl-x' }), venue: VENUE };
  let looks = 0;
  return {
    ...bench.account(VENUE),
    readOpenOrders: async () => ((looks += 1) === 1 ? onlyThese([order]) : nothing()),
    cancel: async () => {
      throw failure('OutcomeUnknown', 'no answer');
    },
    lookUp,
  };
}

test('an ending that cannot be read is no ending: the order counts as left, and why is said', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  let over = false;
  t.after(() => (over = true));
  const failing = vanishing(async () => {
    asked += 1;
    setImmediate(() => over || t.mock.timers.tick(PATIENCE.asking.longestWaitMs));
    throw failure('VenueUnreadable', 'it is away');
  });
  const done = await cancelOwnOrders(failing, OURS, AT_ONCE);
  assert.deepEqual([done.filledOrGone, done.left, isClear(done)], [[], ['rl-x'], false]);
  assert.ok(done.trouble.includes('it is away'));
  assert.equal(asked, PATIENCE.asking.tries);
  const why = readFault({ kind: 'unclear', venue: VENUE, what: 'order look-up' });
  const unclear = vanishing(async () => ({ outcome: 'unreadable', why }));
  assert.deepEqual((await cancelOwnOrders(unclear, OURS, AT_ONCE)).left, ['rl-x']);
  const ended = vanishing(async () => ({ outcome: 'closed', status: 'filled', filled: '1' }));
  assert.deepEqual((await cancelOwnOrders(ended, OURS, AT_ONCE)).filledOrGone, ['rl-x']);
});

test('work that is called off sends no further cancel', async () => {
  const off = new AbortController();
  let cancels = 0;
  const names = Array.from({ length: 20 }, (_, index) => `rl-${index}`);
  const many: VenueAccount = {
    ...bench.account(VENUE),
    readOpenOrders: async () =>
      onlyThese(names.map((clientOrderId) => ({ ...anOrder({ clientOrderId }), venue: VENUE }))),
    cancel: async () => {
      cancels += 1;
      off.abort();
    },
  };
  const pace = { ...AT_ONCE, signal: off.signal };
  await assert.rejects(cancelOwnOrders(many, OURS, pace), { name: 'AbortError' });
  assert.equal(cancels, 1);
});
