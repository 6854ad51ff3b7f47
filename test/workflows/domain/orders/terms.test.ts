/** Terms of orders: amended, rounded, not told, on their way, linked; in a recovery and live. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareOrders, ordersInDoubt } from '../../../../workflows/domain/orders/differences.js';
import { checkProtection } from '../../../../workflows/domain/orders/protection/protection.js';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import { namedOrderKey } from '../../../../workflows/domain/books/keys.js';
import {
  stateDigest,
  type InstrumentSpec,
  type Order,
} from '../../../../workflows/domain/books/state.js';
import { engineState, fill, order, PERPETUAL, position, readable, snapshot } from '../builders.js';
import { kinds, notes, recover } from './recovering.js';

const SPEC: InstrumentSpec = {
  instrument: 'BTC/USDT',
  quantityStep: '0.001',
  priceTick: '0.01',
  minNotional: null,
  contractSize: '1',
  inverse: false,
};

test('an amended order is measured by the venue’s quantity, and the amend is told', () => {
  const known = [order({ quantity: '131' })];
  for (const filled of ['200', '50']) {
    const recovered = recover({ known, open: [order({ quantity: '1021', filled })] });
    const [one] = recovered.resolutions;
    assert.deepEqual([one?.kind, one?.quantity, one?.filledNow], ['partly_filled', '1021', filled]);
    assert.equal(one?.note, 'amended: 131 -> 1021');
  }
  const answer: LookUp = { outcome: 'closed', status: 'filled', filled: '200', quantity: '200' };
  const gone = recover({ known, answer });
  assert.deepEqual([gone.resolutions[0]?.quantity, notes(gone)], ['200', ['amended: 131 -> 200']]);
});

test('how an order ended is told: its reason, its amend, a trigger that fired for nothing', () => {
  const rejected = { outcome: 'closed', status: 'rejected', filled: '0' } as const;
  assert.deepEqual(
    notes(recover({ answer: { ...rejected, reason: 'INSUFFICIENT_MARGIN\u001b[2J' } })),
    ['the venue says: INSUFFICIENT_MARGIN?[2J'],
  );
  const stop = [order({ conditional: true, triggerPrice: '50000' })];
  const cancelled = {
    outcome: 'closed',
    status: 'cancelled',
    filled: '0',
    triggered: true,
  } as const;
  assert.deepEqual(notes(recover({ known: stop, answer: cancelled })), [
    'its trigger fired, and it ended unfilled',
  ]);
  const price = recover({ open: [order({ price: '61000' })] });
  assert.deepEqual(notes(price), ['amended: price 60000 -> 61000']);
});

test('an order on its way that the venue cut to its unit is one order', () => {
  const sent = order({
    state: 'in_flight',
    venueOrderId: null,
    quantity: '100.0004',
    price: '9.001',
  });
  const rests = order({ quantity: '100', price: '9' });
  const recovered = recover({ known: [sent], open: [rests], instruments: [SPEC] });
  assert.deepEqual([kinds(recovered), recovered.orders], [['still_open'], [rests]]);
  assert.match(notes(recovered)[0] ?? '', /quantity rounded by the venue: 100.0004 -> 100/);
  const asked = recover({ known: [sent], instruments: [SPEC] }).asked;
  assert.deepEqual(
    asked.map(({ quantity }) => quantity),
    ['100'],
    'as the venue would hold it',
  );
  const other = recover({
    known: [sent],
    open: [order({ quantity: '100.001' })],
    instruments: [SPEC],
  });
  assert.deepEqual(kinds(other), ['still_open'], 'rounded up');
  const another = recover({
    known: [sent],
    open: [order({ quantity: '101' })],
    instruments: [SPEC],
  });
  assert.deepEqual(kinds(another), ['unknown', 'adopted']);
});

test('what a row does not tell is kept from what is known, and marked', () => {
  const limit = recover({ known: [order({ price: '1' })], open: [order({ price: null })] });
  assert.deepEqual(
    limit.orders.map(({ price }) => price),
    ['1'],
  );
  assert.deepEqual(notes(limit), ['price 1 kept: the venue does not tell it']);
  const links = { oco: ['mine-2'] };
  const stop = order({ conditional: true, triggerPrice: '0.99', links });
  const { triggerPrice: _, ...untold } = order({ conditional: true });
  assert.deepEqual(recover({ known: [stop], open: [untold] }).orders, [stop]);
});

const STOP = order({
  venue: 'gamma',
  instrument: PERPETUAL,
  side: 'sell',
  type: 'market',
  price: null,
});

test('a row without a trigger protects only where the known one is against the position', () => {
  const held = position({ averagePrice: '110' });
  const { triggerPrice: _, ...untold } = { ...STOP, conditional: true, reduceOnly: true };
  const protection = (known: Order[], row: Order = untold) => {
    const marks = { [PERPETUAL]: '110' };
    const venues = snapshot(readable('gamma', { positions: [held], orders: [row], marks }));
    const internal = engineState({ positions: [held], orders: known });
    return checkProtection(internal, venues)[0]?.protection;
  };
  assert.equal(protection([{ ...untold, triggerPrice: '150' }]), 'unprotected');
  assert.equal(protection([{ ...untold, triggerPrice: '100' }]), 'protected');
  assert.equal(protection([untold]), 'unprotected', 'nobody says that it trails');
  assert.equal(protection([]), 'unprotected', 'nobody knows what it waits for');
  assert.equal(protection([], { ...untold, type: 'trailing_stop' }), 'protected');
});

test('an order that was being changed is looked up, listed or not, and told as it is', () => {
  const amending = order({ state: 'amend_in_flight' });
  const given = { known: [amending], open: [order()] };
  assert.deepEqual(recover(given).asked, [amending]);
  const found = (change: Partial<Order>): LookUp => ({ outcome: 'found', order: order(change) });
  assert.deepEqual(notes(recover({ ...given, answer: found({ quantity: '5' }) })), [
    'amended: 2 -> 5',
  ]);
  const nothing = recover({ ...given, answer: found({}) });
  assert.deepEqual(
    [notes(nothing), nothing.orders],
    [['an amend was on its way: nothing of it is seen'], [order()]],
  );
  const cancelling = order({ state: 'cancel_in_flight' });
  const answer: LookUp = { outcome: 'closed', status: 'cancelled', filled: '0' };
  assert.deepEqual(kinds(recover({ known: [cancelling], open: [order()], answer })), ['cancelled']);
});

test('links change no digest where there are none, and their order changes none', () => {
  const digest = (change: Partial<Order>) => stateDigest(engineState({ orders: [order(change)] }));
  assert.equal(digest({ links: {} }), digest({}));
  assert.equal(
    digest({ links: { oco: ['b', 'a'] } }),
    digest({ links: { oco: ['a', 'b'], oto: [] } }),
  );
  assert.notEqual(digest({ links: { oco: ['a'] } }), digest({}));
});

test('orders that no longer hang together are told: a leg gone, filled in part, or never placed', () => {
  const stop = order({ clientOrderId: 'mine-s', venueOrderId: 'v-s', links: { oco: ['mine-t'] } });
  const take = order({ clientOrderId: 'mine-t', venueOrderId: 'v-t', links: { oco: ['mine-s'] } });
  const known = [stop, take];
  const at = 'alpha BTC/USDT';
  assert.deepEqual(recover({ known, open: known }).brokenLinks, []);
  const filled: LookUp = { outcome: 'closed', status: 'filled', filled: '2' };
  assert.deepEqual(recover({ known, open: [stop], answer: filled }).brokenLinks, [
    `${at}: mine-s rests for 2, and mine-t, its counterpart, is gone, filled 2`,
  ]);
  assert.deepEqual(recover({ known, open: [stop, { ...take, filled: '0.5' }] }).brokenLinks, [
    `${at}: mine-s rests for 2, and mine-t, its counterpart, for 1.5`,
  ]);
  const entry = order({ clientOrderId: 'mine-e', venueOrderId: 'v-e', links: { oto: ['mine-s'] } });
  assert.deepEqual(recover({ known: [entry], answer: filled }).brokenLinks, [
    `${at}: mine-e is filled 2, and mine-s, of its filling, does not rest`,
  ]);
  assert.deepEqual(
    recover({ known, open: [stop] }).brokenLinks,
    [],
    'what is unknown is asked about',
  );
});

test('orders that came and ended unseen are listed by their fills, once, and not those that are known', () => {
  const fills = ['v-9', 'v-9', 'v-1'].map((venueOrderId, index) =>
    fill({ tradeId: `t-${index}`, venueOrderId, quantity: '0.5' }),
  );
  const recovered = recover({ open: [order({ filled: '0.5' })], fills });
  assert.deepEqual(
    recovered.resolutions.map(({ kind, clientOrderId, filledNow }) => [
      kind,
      clientOrderId,
      filledNow,
    ]),
    [
      ['partly_filled', 'mine-1', '0.5'],
      ['ended_unseen', 'venue:v-9', '1'],
    ],
  );
});

function live(ours: Order[], open: Order[], answers: [Order, LookUp][] = []) {
  const venues = snapshot(readable('alpha', { orders: open, instruments: [SPEC] }));
  const lookUps = new Map(answers.map(([asked, answer]) => [namedOrderKey(asked), answer]));
  const asked = ordersInDoubt(ours, venues, 'mine-');
  const { differing, uncompared } = compareOrders(ours, venues, 'mine-', lookUps);
  return {
    asked,
    uncompared,
    found: differing.map(({ kind, clientOrderId }) => `${kind} ${clientOrderId}`),
  };
}

test('live, the price, quantity and trigger of an order are compared, in whole units', () => {
  const one = order({ price: '100', quantity: '10' });
  assert.deepEqual(live([one], [order({ price: '101', quantity: '12' })]).found, [
    'terms_differ mine-1',
  ]);
  assert.deepEqual(live([one], [order({ price: '100.004', quantity: '10.0001' })]).found, []);
  assert.deepEqual(live([one], [order({ price: null, quantity: '10' })]).found, [], 'not told');
  const stop = (triggerPrice: string) => order({ conditional: true, triggerPrice });
  assert.deepEqual(live([stop('9')], [stop('8')]).found, ['terms_differ mine-1']);
});

test('live, an order that the venue names by its own id, or otherwise, is the same order', () => {
  for (const clientOrderId of ['venue:v-1', 'broker-1', 'mine-7']) {
    assert.deepEqual(live([order()], [order({ clientOrderId })]).found, [], clientOrderId);
  }
});

test('live, a client id used again for another side or under another venue id is another order', () => {
  const both = ['missing_at_venue mine-1', 'unknown_to_engine mine-1'];
  assert.deepEqual(live([order()], [order({ side: 'sell' })]).found, both);
  assert.deepEqual(live([order()], [order({ venueOrderId: 'v-2' })]).found, both);
});

test('live, what differs is as the venue answers it, and not as a list has it', () => {
  const ended: LookUp = { outcome: 'closed', status: 'cancelled', filled: '0' };
  const there: LookUp = { outcome: 'found', order: order() };
  assert.deepEqual(live([order()], []).asked, [order()]);
  assert.deepEqual(live([order()], [], [[order(), there]]).found, [], 'it rests');
  assert.deepEqual(live([order()], [], [[order(), ended]]).found, ['missing_at_venue mine-1']);
  assert.deepEqual(live([], [order()], [[order(), ended]]).found, [], 'it rests no more');
  const five = order({ filled: '1' });
  assert.deepEqual(live([five], [order()], [[five, { outcome: 'found', order: five }]]).found, []);
});

test('live, a venue that does not answer, or whose list is proved wrong, is not compared', () => {
  const silent: LookUp = { outcome: 'unreadable', why: 'timed out' };
  const nothing = { found: [], uncompared: ['alpha'] };
  const { asked: _, ...said } = live([order()], [], [[order(), silent]]);
  assert.deepEqual(said, nothing);
  const other = order({ clientOrderId: 'mine-2', venueOrderId: 'v-2' });
  const there: LookUp = { outcome: 'found', order: order() };
  const { asked: __, ...wrong } = live([order(), other], [], [[order(), there]]);
  assert.deepEqual(wrong, nothing);
});
