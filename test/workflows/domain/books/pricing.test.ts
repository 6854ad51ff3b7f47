/** The one rule of prices, tried with marks in every order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { pricingOf } from '../../../../workflows/domain/books/pricing.js';

const CASH = ['USDT', 'USD', 'EUR'];
const PLACE = { venue: 'alpha', account: 'main' };

function priced(marks: Record<string, string>, asset: string) {
  const price = pricingOf([{ ...PLACE, marks }], CASH).assetPrice({ ...PLACE, asset });
  return price === null ? null : [price.price, price.cash, [...price.pricedIn].toSorted()];
}

test('of several markets of an asset the highest price counts', () => {
  assert.deepEqual(priced({ 'BTC/EUR': '55000', 'BTC/USD': '60000' }, 'BTC'), [
    '60000',
    'USD',
    ['EUR', 'USD'],
  ]);
  assert.deepEqual(priced({ 'BTC/USDT': '9', 'BTC/USDT:USDT': '10' }, 'BTC'), [
    '10',
    'USDT',
    ['USDT'],
  ]);
});

test('of markets with one price the first of the cash assets is named, whatever comes first', () => {
  const expected = ['5', 'USD', ['EUR', 'USD']];
  assert.deepEqual(priced({ 'A/EUR': '5.0', 'A/USD': '5' }, 'A'), expected);
  assert.deepEqual(priced({ 'A/USD': '5', 'A/EUR': '5.0' }, 'A'), expected);
});

test('cash is worth itself, and what no cash prices has no price', () => {
  assert.deepEqual(priced({ 'USD/EUR': '2' }, 'USD'), ['1', 'USD', ['USD']]);
  assert.equal(priced({ 'ETH/BTC': '0.05' }, 'ETH'), null);
  assert.equal(priced({}, 'BTC'), null);
});

test('an instrument has a mark in its own currency, and a price only where that is cash', () => {
  const pricing = pricingOf([{ ...PLACE, marks: { 'ETH/BTC': '0.05', 'ETH/USD': '3000' } }], CASH);
  const of = (instrument: string) => [
    pricing.markOf({ ...PLACE, instrument }),
    pricing.instrumentPrice({ ...PLACE, instrument }),
  ];
  assert.deepEqual(of('ETH/BTC'), ['0.05', null]);
  assert.deepEqual(of('ETH/USD'), ['3000', '3000']);
  assert.deepEqual(of('SOL/USD'), [null, null]);
});

test('two accounts of one venue are priced apart', () => {
  const other = { ...PLACE, account: 'other' };
  const pricing = pricingOf(
    [
      { ...PLACE, marks: { 'BTC/USD': '60000' } },
      { ...other, marks: { 'BTC/USD': '61000', 'ETH/USD': '3000' } },
    ],
    CASH,
  );
  assert.equal(pricing.assetPrice({ ...PLACE, asset: 'BTC' })?.price, '60000');
  assert.equal(pricing.assetPrice({ ...other, asset: 'BTC' })?.price, '61000');
  assert.equal(pricing.assetPrice({ ...PLACE, asset: 'ETH' }), null);
  assert.equal(pricing.markOf({ ...PLACE, instrument: 'ETH/USD' }), null);
});

test('no order of markets, nor of accounts, changes a price', () => {
  const listed = fc.record({
    account: fc.constantFrom('main', 'other'),
    base: fc.constantFrom('BTC', 'ETH'),
    quote: fc.constantFrom('USDT', 'USD', 'EUR', 'BTC'),
    mark: fc.integer({ min: 1, max: 4 }).map(String),
  });
  const markets = fc.uniqueArray(listed, {
    selector: ({ account, base, quote }) => `${account} ${base} ${quote}`,
  });
  const twoOrders = markets.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
    ),
  );
  const holdings = ['main', 'other'].flatMap((account) =>
    ['BTC', 'ETH'].map((asset) => ({ venue: 'alpha', account, asset })),
  );
  fc.assert(
    fc.property(twoOrders, (orders) => {
      const [one, another] = orders.map((rows) => {
        const venues = rows.map(({ account, base, quote, mark }) => {
          return { venue: 'alpha', account, marks: { [`${base}/${quote}`]: mark } };
        });
        const pricing = pricingOf(venues, CASH);
        return holdings.map((holding) => {
          const price = pricing.assetPrice(holding);
          return price === null ? null : { ...price, pricedIn: [...price.pricedIn].toSorted() };
        });
      });
      assert.deepEqual(one, another);
    }),
    { numRuns: 500, seed: 11 },
  );
});
