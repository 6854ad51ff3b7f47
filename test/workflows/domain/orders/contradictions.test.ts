/** What contradicts the state, the fills or another row is looked up, believed then, or asked about. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOneWord, ordersOnce } from '../../../../clients/exchange/answers/parse.js';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { Fill, Order } from '../../../../workflows/domain/books/state.js';
import { fill, order } from '../builders.js';
import { kept, kinds, notes, recover } from './recovering.js';

const FIVE = order({ quantity: '10', filled: '5' });
const row = (filled: string, change: Partial<Order> = {}) =>
  order({ quantity: '10', filled, ...change });
const found = (filled: string): LookUp => ({ outcome: 'found', order: row(filled) });
const closed = (filled: string): LookUp => ({ outcome: 'closed', status: 'filled', filled });
const five: Fill[] = [fill({ venueOrderId: 'v-1', quantity: '5' })];

test('a filled quantity that goes backwards is looked up, and the answer is believed', () => {
  for (const listed of ['3', '0']) {
    const given = { known: [FIVE], open: [row(listed)] };
    assert.deepEqual(recover(given).asked, [FIVE]);
    assert.deepEqual(kept({ ...given, answer: found('6') }), [['mine-1', '6']]);
    const gone = recover({ ...given, answer: closed('10') });
    assert.deepEqual([kinds(gone), gone.orders], [['filled'], []]);
  }
});

test('one that stays backwards is unknown, is asked about, and is kept as it was', () => {
  const given = { known: [FIVE], open: [row('3')], answer: found('3') };
  const recovered = recover(given);
  assert.deepEqual(kinds(recovered), ['unknown']);
  assert.deepEqual(recovered.orders, [FIVE]);
  assert.equal(notes(recovered)[0], 'filled 5 before, and the venue says 3, when asked for it too');
});

const NO_ANSWERS: readonly (LookUp | undefined)[] = [
  undefined,
  { outcome: 'absent' },
  { outcome: 'unreadable', why: 'timed out' },
  { outcome: 'closed', status: 'cancelled', filled: '0' },
];

for (const answer of NO_ANSWERS) {
  test(`a list that goes backwards counts for nothing, asked: ${answer?.outcome ?? 'nobody'}`, () => {
    assert.deepEqual(kinds(recover({ known: [FIVE], open: [row('0')], answer })), ['unknown']);
  });
}

test('an order that is not listed, and that a look-up says less of than was filled, is unknown', () => {
  const answer: LookUp = { outcome: 'closed', status: 'cancelled', filled: '0' };
  assert.deepEqual(kinds(recover({ known: [FIVE], answer })), ['unknown']);
});

test('a list older than the fills in hand is looked up by the id that the list tells', () => {
  const sent = row('0', { state: 'in_flight', venueOrderId: null });
  const given = { known: [sent], open: [row('0')], fills: five };
  assert.deepEqual(
    recover(given).asked.map(({ venueOrderId }) => venueOrderId),
    ['v-1'],
  );
  const wholly = recover({ ...given, answer: closed('10') });
  assert.deepEqual([kinds(wholly), wholly.orders], [['filled'], []]);
  assert.deepEqual(kinds(recover({ ...given, answer: found('0') })), ['unknown']);
});

test('an order of ours that the state does not know is looked up where its fills say more', () => {
  const open = [row('0', { clientOrderId: 'mine-new' })];
  const given = { known: [], open, fills: five };
  assert.deepEqual(recover(given).asked, open);
  assert.deepEqual(kept({ ...given, answer: found('5') }), [['mine-new', '5']]);
  assert.deepEqual(kinds(recover({ ...given, answer: closed('10') })), ['filled']);
  assert.deepEqual(kinds(recover(given)), ['unknown']);
  const theirs = [row('0', { clientOrderId: 'theirs' })];
  assert.deepEqual(recover({ known: [], open: theirs, fills: five }).asked, []);
});

test('what was filled after the fills in hand is told, and left to come as a fill', () => {
  const listed = [row('0', { clientOrderId: 'mine-new' })];
  const adopted = { known: [], open: listed, fills: [], answer: found('6') };
  assert.deepEqual(kept(adopted), [['mine-new', '0']]);
  assert.equal(recover(adopted).resolutions[0]?.filledNow, '6');
  const later = { known: [FIVE], open: [row('3')], fills: [], answer: found('6') };
  assert.deepEqual(kept(later), [['mine-1', '5']]);
  assert.equal(recover(later).resolutions[0]?.filledNow, '6');
  const gone = { known: [row('0', { state: 'open' })], fills: five, answer: found('7') };
  assert.deepEqual(kept(gone), [['mine-1', '5']], 'listed by nobody');
});

test('what the list had by then counts, though its fills are older than those in hand', () => {
  const open = [row('4', { clientOrderId: 'mine-new' })];
  const given = { known: [], open, fills: [], answer: found('6') };
  assert.deepEqual(kept(given), [['mine-new', '4']]);
  const jitter: LookUp = { outcome: 'found', order: row('4.000001') };
  const instruments = [{ ...UNIT, quantityStep: '0.001', priceTick: '0.01' }];
  assert.deepEqual(kept({ ...given, instruments, answer: jitter }), [['mine-new', '4.000001']]);
});

test('a state that names no fills may hold those in hand: a truthful answer is no contradiction', () => {
  const given = { known: [FIVE], open: [row('5')], fills: five, answer: found('5') };
  assert.deepEqual(kinds(recover({ ...given, namesNoFills: new Set(['alpha']) })), ['still_open']);
  assert.deepEqual(kinds(recover(given)), ['unknown']);
});

test('what goes backwards by less than a unit is nothing, and so is every other jitter', () => {
  const instruments = [{ ...UNIT, quantityStep: '0.001', priceTick: '0.01' }];
  const known = [order({ quantity: '10', filled: '10' })];
  const open = [order({ quantity: '10', filled: '10.000001' })];
  const jitter = recover({ known, open, instruments, fills: [] });
  assert.deepEqual([jitter.asked, kinds(jitter), notes(jitter)], [[], ['still_open'], ['']]);
  const less = recover({ known, open: [order({ quantity: '10', filled: '9.9999' })], instruments });
  assert.deepEqual(less.asked, []);
});

const UNIT = {
  instrument: 'BTC/USDT',
  quantityStep: null,
  priceTick: null,
  minNotional: null,
  contractSize: '1',
  inverse: false,
};

test('of two rows of one order the one filled further counts, whatever their places', () => {
  const rows = [row('5'), row('0')];
  for (const told of [rows, rows.toReversed()]) {
    assert.deepEqual(ordersOnce(told), [row('5')]);
    assert.deepEqual(kept({ known: [row('0')], open: told }), [['mine-1', '5']]);
    assert.deepEqual(kept({ known: [], open: told }), [['mine-1', '5']], 'adopted once');
    checkOneWord(told, ordersOnce(told));
  }
});

test('two rows of one order of which neither is the later are refused, or looked up', () => {
  const rows = [row('0', { price: '1' }), row('0', { price: '2' })];
  for (const told of [rows, rows.toReversed()]) {
    assert.throws(() => checkOneWord(told, ordersOnce(told)), /open orders/);
    assert.equal(recover({ known: [row('0')], open: told }).asked.length, 1);
    assert.deepEqual(kinds(recover({ known: [row('0')], open: told })), ['unknown']);
    assert.deepEqual(kinds(recover({ known: [], open: told })), ['unknown']);
  }
  const sides = [row('0'), row('0', { side: 'sell' })];
  assert.throws(() => checkOneWord(sides, ordersOnce(sides)), /open orders/);
});
