/**
 * Twelve public threads of another trading system, as scenarios: each ends equal to the venue's ledger,
 * which is written out by hand, or halted with the reason named.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookUpOrders } from '../../../../activities/procedures/orders/look-up-orders.js';
import { cancelOwnOrders } from '../../../../activities/procedures/cancel-orders.js';
import type { VenueAccount } from '../../../../activities/ports.js';
import { canonicalJson } from '../../../../workflows/domain/content/canonical.js';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { ReadableVenue } from '../../../../workflows/domain/books/snapshot.js';
import { stateDigest, type EngineState } from '../../../../workflows/domain/books/state.js';
import { adjustmentsOf } from '../../../../workflows/domain/reconciliation/origin/adjustments.js';
import { reconcile } from '../../../../workflows/domain/reconciliation/reconciliation.js';
import { engineState, fill, order, PERPETUAL, position, readable, snapshot } from '../builders.js';
import { kinds, notes, recover } from './recovering.js';

const AT = { venue: 'gamma', instrument: PERPETUAL } as const;
const RULES = { tolerance: '0.0001', asOfMs: 500, doubtMs: 0, cashAssets: ['USDT'] };

function figures(internal: Partial<EngineState>, truth: Partial<ReadableVenue>) {
  const { lines, state } = reconcile(
    engineState(internal),
    snapshot(readable('gamma', truth)),
    RULES,
  );
  const asked = lines.filter(({ verdict }) => verdict === 'unexplained' || verdict === 'unknown');
  return {
    state,
    lines,
    asked: asked.map(({ item, side, unexplained }) => [item, side, unexplained]),
    held: state.positions.map(({ side, quantity }) => [side, quantity]),
  };
}

const held = (quantity: string, change = {}) => [position({ quantity, ...change })];
const traded = (side: 'buy' | 'sell', quantity: string, change = {}) =>
  fill({ ...AT, side, quantity, ...change });

test('#3104: a position older than the history is the venue’s, and asked about', () => {
  const { asked, held: now } = figures({ positions: held('75') }, { positions: held('-65') });
  assert.deepEqual([now, asked], [[['net', '-65']], [[PERPETUAL, 'net', '-140']]]);
});

test('#3622: a flat venue whose fills are found again is one question, and none the second time', () => {
  const fills = [traded('buy', '3')];
  const first = figures({}, { fills });
  assert.deepEqual([first.held, first.asked], [[], [[PERPETUAL, 'net', '-3']]]);
  const second = figures(first.state, { fills });
  assert.deepEqual([second.held, second.asked], [[], []]);
  assert.equal(stateDigest(second.state), stateDigest(first.state));
});

test('#4152, #5013: a submit, cancel or amend whose outcome is not known is asked about, and kept', () => {
  const silent: LookUp = { outcome: 'unreadable', why: 'timed out' };
  for (const state of ['in_flight', 'cancel_in_flight', 'amend_in_flight'] as const) {
    const sent = order({ state, ...(state === 'in_flight' ? { venueOrderId: null } : {}) });
    const open = state === 'in_flight' ? [] : [order()];
    const recovered = recover({ known: [sent], open, answer: silent });
    assert.deepEqual([kinds(recovered), recovered.orders], [['unknown'], [sent]], state);
    assert.deepEqual(notes(recovered), ['timed out']);
  }
});

test('#5057: working orders of the run before are recovered under their ids, and cancelled by them', async () => {
  const [recovered] = recover({ open: [order({ clientOrderId: 'venue:v-1' })] }).orders;
  assert.deepEqual([recovered?.clientOrderId, recovered?.venueOrderId], ['mine-1', 'v-1']);
  const resting = new Map([['v-1', order()]]);
  const account = {
    venue: 'alpha',
    account: 'main',
    blindSpots: [],
    readOpenOrders: async () => ({
      orders: [...resting.values()],
      protective: new Set(),
      notUnderstood: [],
      unread: [],
    }),
    cancel: async ({ venueOrderId }: { venueOrderId: string | null }) => {
      resting.delete(venueOrderId ?? '');
    },
  } as unknown as VenueAccount;
  const lease = { beforeWrite: async () => undefined, leftMs: () => 1_000 };
  const pace = { sleep: async () => undefined, beat: () => undefined, lease };
  const done = await cancelOwnOrders(account, { prefix: 'mine-' }, pace);
  assert.deepEqual([done.cancelled, done.left, resting.size], [['mine-1'], [], 0]);
});

test('#4736: a state that equals the venue is not touched', () => {
  const before = engineState({ positions: held('10') });
  const { state, lines, asked } = figures(before, { positions: held('10') });
  assert.equal(stateDigest(state), stateDigest(before));
  assert.deepEqual([asked, adjustmentsOf(lines)], [[], []]);
});

test('#5000: a working order stays where the fills do not make the position, which is asked about', () => {
  const orders = [order(AT)];
  const { state, asked } = figures({ orders }, { positions: held('7'), orders });
  assert.deepEqual([state.orders, asked], [orders, [[PERPETUAL, 'net', '7']]]);
  assert.deepEqual(recover({ known: [order()], open: [order()] }).orders, [order()]);
});

test('#4288: a cancel-replace is one order, under its new venue id', () => {
  const sent = order({ state: 'amend_in_flight' });
  const replaced = order({ venueOrderId: 'v-2', quantity: '5' });
  const answer: LookUp = { outcome: 'found', order: replaced };
  const recovered = recover({ known: [sent], open: [replaced], answer });
  assert.deepEqual([kinds(recovered), recovered.orders], [['still_open'], [replaced]]);
  assert.equal(notes(recovered)[0], 'replaced at the venue: v-1 -> v-2; amended: 2 -> 5');
  const partly = recover({ known: [{ ...sent, filled: '1' }], open: [replaced], answer });
  assert.deepEqual([kinds(partly).length, partly.orders], [1, [replaced]], 'fills of its own');
  assert.notEqual(kinds(partly)[0], 'unknown');
  const unmarked: LookUp = { outcome: 'closed', status: 'cancelled', filled: '0' };
  const asOpen = recover({
    open: [replaced],
    answer: ({ venueOrderId }) => (venueOrderId === 'v-1' ? unmarked : answer),
  });
  assert.deepEqual([kinds(asOpen), asOpen.orders], [['cancelled', 'adopted'], [replaced]]);
});

test('#4517: a position told before the fills is asked about, and the later fill stands', () => {
  const closing = traded('sell', '10', { timeMs: 1_000 });
  const told = figures({ positions: held('10') }, { positions: held('10'), fills: [closing] });
  assert.deepEqual(
    told.asked,
    [[PERPETUAL, 'net', '10']],
    'no short is opened, and nobody goes on',
  );
  const later = figures({ positions: held('10') }, { fills: [closing] });
  assert.deepEqual([later.held, later.asked], [[], []]);
});

test('#3878: the same input gives the same bytes', () => {
  const run = () => {
    const { lines, state } = figures({ positions: held('10') }, { positions: held('15') });
    const known = [order({ state: 'amend_in_flight' })];
    return canonicalJson({ lines, state, by: adjustmentsOf(lines), orders: recover({ known }) });
  };
  assert.equal(run(), run());
});

test('#4106: a reduce-only fill opens no position of the other side', () => {
  const fills = [traded('sell', '10', { positionSide: 'long' })];
  const { held: now, asked } = figures({ positions: held('10', { side: 'long' }) }, { fills });
  assert.deepEqual([now, asked], [[], []]);
  const unsided = figures(
    { positions: held('10', { side: 'long' }) },
    { positions: held('15', { side: 'long' }), fills: [traded('buy', '5')] },
  );
  assert.deepEqual(unsided.held, [['long', '15']]);
  assert.deepEqual(unsided.asked, [[`${PERPETUAL} long`, 'long', '5']], 'one cause, one question');
  const contradicting = figures(
    { positions: held('10', { side: 'long' }) },
    { positions: held('10', { side: 'long' }), fills: [traded('buy', '5')] },
  );
  assert.deepEqual(contradicting.asked, [[PERPETUAL, 'net', '-5']], 'nothing accounts for it');
});

test('#4958: an order on its way without a venue id is found by its client id, or unknown', async () => {
  const sent = order({ state: 'in_flight', venueOrderId: null });
  const filled: LookUp = { outcome: 'closed', status: 'filled', filled: '2' };
  const answers: LookUp[] = [{ outcome: 'absent' }, filled];
  const account = {
    venue: 'alpha',
    account: 'main',
    lookUp: async () => answers.shift(),
  } as unknown as VenueAccount;
  const pace = { sleep: async () => undefined, beat: () => undefined };
  const found = await lookUpOrders([sent], [account], { arrivesInMs: 1, pace });
  assert.deepEqual([...found.values()], [filled]);
  assert.deepEqual(kinds(recover({ known: [sent], answer: filled })), ['filled']);
  assert.deepEqual(kinds(recover({ known: [sent] })), ['unknown']);
});

test('#4738: both legs of a hedged instrument are there, equal ones too', () => {
  const legs = [...held('5', { side: 'long' }), ...held('-5', { side: 'short' })];
  const both = [
    ['long', '5'],
    ['short', '-5'],
  ];
  const equal = figures({ positions: legs }, { positions: legs });
  assert.deepEqual([equal.held, equal.asked], [both, []]);
  const found = figures({}, { positions: legs });
  assert.deepEqual([found.held, found.asked.length], [both, 2]);
});
