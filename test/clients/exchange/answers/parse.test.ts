/**
 * Rows of venues become orders, fills, positions and balances, or are refused where a needed field
 * is missing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Balances, Order, Position, Trade } from 'ccxt';
import { GENERIC_WORDS } from '../../../../clients/exchange/venues/generic/words.js';
import { readFailure } from '../../../../clients/exchange/answers/failures.js';
import { OurWords } from '../../../../clients/exchange/answers/own-words.js';
import {
  fillsOnce,
  toBalances,
  toFill,
  toFilled,
  toOrder,
  toPosition,
  totalsOf,
} from '../../../../clients/exchange/answers/parse.js';

const PLACE = { venue: 'v', account: 'main' };
type Row = Record<string, unknown>;

const ROWS: Record<'order' | 'fill' | 'position', { row: Row; parse: (row: Row) => unknown }> = {
  order: {
    row: { id: '7', symbol: 'BTC/USD', side: 'sell', amount: '0.1', status: 'open', info: {} },
    parse: (row) => toOrder(PLACE, row as unknown as Order),
  },
  fill: {
    row: {
      id: '7',
      symbol: 'BTC/USD',
      side: 'sell',
      amount: '0.1',
      price: '60000',
      timestamp: 1_700_000_000_000,
      info: {},
    },
    parse: (row) => toFill(PLACE, row as unknown as Trade),
  },
  position: {
    row: { symbol: 'BTC/USDT:USDT', contracts: '0.1', side: 'short', info: {} },
    parse: (row) => toPosition(PLACE, row as unknown as Position),
  },
};

const REQUIRED: Record<keyof typeof ROWS, string[]> = {
  order: ['id', 'symbol', 'side', 'amount'],
  fill: ['id', 'symbol', 'side', 'amount', 'price', 'timestamp'],
  position: ['symbol', 'contracts', 'side'],
};

for (const [kind, fields] of Object.entries(REQUIRED) as [keyof typeof ROWS, string[]][]) {
  const { row, parse } = ROWS[kind];
  for (const field of fields) {
    for (const value of [undefined, null, '', Number.NaN, 'canary']) {
      if (value === 'canary' && ['id', 'symbol'].includes(field)) continue;
      test(`a ${kind} whose ${field} is ${String(value) || 'empty'} is not filled in`, () => {
        parse(row);
        assert.throws(
          () => parse({ ...row, [field]: value }),
          (error: unknown) => {
            assert.ok(error instanceof OurWords && error.kind === 'malformed_answer');
            const { type, message } = readFailure('v', 'fills', error, GENERIC_WORDS);
            assert.equal(type, 'VenueUnreadable');
            assert.match(message, new RegExp(`${kind} row without a valid ${field}$`));
            return true;
          },
        );
      });
    }
  }
}

for (const [kind, field, value] of [
  ['order', 'amount', '-0.1'],
  ['order', 'filled', '-0.1'],
  ['fill', 'amount', '-0.1'],
  ['fill', 'timestamp', 0],
] as const) {
  test(`a ${kind} whose ${field} is ${value} says two things, or nothing`, () => {
    const { row, parse } = ROWS[kind];
    assert.throws(() => parse({ ...row, [field]: value }), OurWords);
  });
}

test('a flat position needs no side', () => {
  const { row, parse } = ROWS.position;
  const flat = parse({ ...row, contracts: '0', side: undefined }) as { quantity: string };
  assert.equal(flat.quantity, '0');
});

test('only an open order counts as unfilled where the venue does not say', () => {
  const order = (terms: Row) => ({ ...ROWS.order.row, ...terms }) as unknown as Order;
  assert.equal(toFilled(order({})), '0');
  assert.equal(toFilled(order({ status: 'canceled', filled: '0.02' })), '0.02');
  assert.throws(() => toFilled(order({ status: 'canceled' })), OurWords);
});

test('a balance without an amount or an asset is not zero', () => {
  const totals = (total: Row) => ({ total, info: {} }) as unknown as Balances;
  assert.equal(toBalances(PLACE, totals({ BTC: '1', USD: '0' })).length, 1);
  assert.throws(() => toBalances(PLACE, totals({ BTC: undefined })), OurWords);
});

test('a fill that two pages repeat is one, and the two legs of a trade with ourselves are two', () => {
  const [long, short] = (['buy', 'sell'] as const).map((side) =>
    toFill(PLACE, { ...ROWS.fill.row, side } as unknown as Trade),
  );
  assert.ok(long && short);
  assert.deepEqual(fillsOnce([long, short, long]), [long, short]);
});

test('what stands in several wallets is one total, and what sums to nothing is none', () => {
  const amounts: [string, string][] = [
    ['BTC', '0.1'],
    ['USD', '5'],
    ['BTC', '0.2'],
    ['USD', '-5.00'],
    ['ETH', '0.0'],
  ];
  assert.deepEqual(totalsOf(PLACE, amounts), [{ ...PLACE, asset: 'BTC', total: '0.3' }]);
});

test('a wallet without a name or an amount fails the balances as a whole', () => {
  const good = ['BTC', '1'] as const;
  assert.throws(
    () => totalsOf(PLACE, [good, [undefined, '1']]),
    /balance row without a valid asset/,
  );
  assert.throws(() => totalsOf(PLACE, [good, ['ETH', null]]), /balance row without a valid amount/);
});
