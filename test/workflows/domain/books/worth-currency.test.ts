/** The currency in which something is worth something, or that there is none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worthCurrency } from '../../../../workflows/domain/books/worth-currency.js';
import { PERPETUAL, readable, snapshot } from '../builders.js';

const venues = snapshot(
  readable('alpha', {
    marks: { 'BTC/USDT': '1', 'ETH/USDT': '1', 'ETH/EUR': '1', 'XRP/BTC': '1' },
  }),
);
const currencyOf = worthCurrency(venues, ['USDT', 'EUR']);
const PLACE = { venue: 'alpha', account: 'main' };
const balance = (item: string) => currencyOf({ ...PLACE, item, instrument: null });
const position = (instrument: string) => currencyOf({ ...PLACE, item: instrument, instrument });

test('a position is worth something in the quote currency of its instrument', () => {
  assert.equal(position(PERPETUAL), 'USDT');
  assert.equal(position('BTC/EUR:EUR'), 'EUR');
});

test('cash is worth itself, a coin the one cash that prices it', () => {
  assert.equal(balance('EUR'), 'EUR');
  assert.equal(balance('BTC'), 'USDT');
});

test('what several kinds of cash price, or none, has no currency of its own', () => {
  assert.equal(balance('ETH'), null);
  assert.equal(balance('XRP'), null);
  assert.equal(currencyOf({ ...PLACE, venue: 'beta', item: 'BTC', instrument: null }), null);
});
