/** Positions as scripts print them: exact, by venue, and never guessed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionsIn } from '../../../clients/engine/commands/positions-answer.js';

const PLACES = [
  { venue: 'binanceusdm', account: 'main', instruments: ['BTC/USDT:USDT', 'SOL/USD:USD'] },
  { venue: 'krakenfutures', account: 'two', instruments: ['SOL/USD:USD', 'ETH/USD:USD'] },
  { venue: 'kraken', account: 'main', instruments: ['BTC/USD'] },
];

function told(text: string) {
  const answer = positionsIn(text, PLACES);
  assert.ok(!('fault' in answer), 'fault' in answer ? answer.fault : '');
  return answer;
}

const rows = (text: string) =>
  told(text).positions.map(({ venue, account, instrument, quantity, averagePrice }) =>
    [venue, account, instrument, quantity, averagePrice].join(' '),
  );

test('columns are venue, instrument, quantity and average price, which may be left out', () => {
  const text = '\n  binanceusdm\tBTC/USDT:USDT   -0.50 60000\nkrakenfutures ETH/USD:USD 2\n\n';
  assert.deepEqual(rows(text), [
    'binanceusdm main BTC/USDT:USDT -0.50 60000',
    'krakenfutures two ETH/USD:USD 2 ',
  ]);
  assert.equal(told(text).isWhole, true);
});

test('JSON by symbol finds the one venue that has it, and keeps every digit that was written', () => {
  const json = `{
    "BTC/USDT:USDT": {"quantity": 0.12345678901234567890, "average_price": 1e-8},
    "ETH/USD:USD": {"quantity": "3", "averagePrice": "10.0"},
    "SOL/USD:USD": {"quantity": 12.5E2, "venue": "krakenfutures"}
  }`;
  assert.deepEqual(rows(json), [
    'binanceusdm main BTC/USDT:USDT 0.12345678901234567890 0.00000001',
    'krakenfutures two ETH/USD:USD 3 10.0',
    'krakenfutures two SOL/USD:USD 1250 ',
  ]);
});

test('a symbol of two venues, of none, or of spot is set apart and never guessed', () => {
  const { positions, apart } = told(
    '{"SOL/USD:USD": {"quantity": 1}, "DOGE/USD:USD": {"quantity": 1}, "BTC/USD": {"quantity": 1}}',
  );
  assert.deepEqual(positions, []);
  assert.deepEqual(apart, [
    {
      instrument: 'SOL/USD:USD',
      why: 'its venue is not told, and binanceusdm and krakenfutures have it',
    },
    { instrument: 'DOGE/USD:USD', why: 'its venue is not told, and none lists it' },
    { instrument: 'BTC/USD', why: 'a spot holding is a balance, and balances are not told' },
  ]);
});

test('nothing printed is no proof of being flat, and an empty object is', () => {
  assert.deepEqual(told(' \n'), { positions: [], apart: [], isWhole: false });
  assert.deepEqual(told('{}'), { positions: [], apart: [], isWhole: true });
});

for (const [text, fault] of [
  ['binanceusdm BTC/USDT:USDT', /has 2 columns in line 1/],
  ['venue instrument quantity price', /no decimal number .*\(line 1\)/],
  ['binanceusdm X 1 2 3', /has 5 columns/],
  ['binanceusdm BTC/USDT:USDT 0x10', /no decimal number/],
  ['binanceusdm BTC/USDT:USDT NaN', /no decimal number/],
  [`binanceusdm BTC/USDT:USDT ${'9'.repeat(101)}`, /no decimal number/],
  [
    'bybit BTC/USDT:USDT 1',
    /none of the engine's \(there are: binanceusdm, krakenfutures, kraken\)/,
  ],
  [
    'binanceusdm BTC/USDT:USDT 1\nbinanceusdm BTC/USDT:USDT 2',
    /names binanceusdm main BTC.* twice/,
  ],
  ['{"BTC/USDT:USDT": 5}', /no settings for a symbol/],
  ['{"BTC/USDT:USDT": {"quantity": null}}', /no decimal number/],
  ['{"BTC/USDT:USDT": {"quantity": 1e999}}', /neither columns nor JSON|no decimal number/],
  ['{"BTC/USDT:USDT": {', /neither columns nor JSON/],
] as const) {
  test(`refused: ${text.slice(0, 60)}`, () => {
    const answer = positionsIn(text, PLACES);
    assert.ok('fault' in answer, JSON.stringify(answer));
    assert.match(answer.fault, fault);
  });
}
