/** Coinbase's answers as its documentation shows them, field by field in our words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { rejectsAs } from '../../bench.js';
import { recordedVenue } from '../recorded.js';

const coinbase = recordedVenue('coinbase');

const BTC = { venue: 'coinbase', account: 'main', instrument: 'BTC/USD' };

const order = (id: string, configuration: string, more = '') => `{"order_id":"${id}",
"product_id":"BTC-USD","user_id":"u","order_configuration":${configuration},"side":"SELL",
"client_order_id":"rl-${id}","status":"OPEN","time_in_force":"GOOD_UNTIL_CANCELLED",
"created_time":"2023-08-13T22:50:44.123Z","completion_percentage":"20.00","filled_size":"0.02",
"average_filled_price":"61000","fee":"","number_of_fills":"1","filled_value":"1220",
"pending_cancel":false,"size_in_quote":false,"total_fees":"1.2","size_inclusive_of_fees":false,
"total_value_after_fees":"1218.8","trigger_status":"INVALID_ORDER_TYPE","order_type":"LIMIT",
"reject_reason":"REJECT_REASON_UNSPECIFIED","settled":false,"product_type":"SPOT"${more}}`;

const LIMIT = '{"limit_limit_gtc":{"base_size":"0.1","limit_price":"62000.50","post_only":false}}';
const STOP = `{"stop_limit_stop_limit_gtc":{"base_size":"0.1","limit_price":"49900",
"stop_price":"50000.1","stop_direction":"STOP_DIRECTION_STOP_DOWN"}}`;
const BRACKET = `{"trigger_bracket_gtc":{"base_size":"0.1","limit_price":"70000",
"stop_trigger_price":"48000"}}`;

const page = (rows: string[], more = '') =>
  `{"orders":[${rows.join(',')}],"sequence":"0","has_next":false,"cursor":""${more}}`;

test('open orders of every configuration, over pages', async () => {
  const waits = '"trigger_status":"STOP_PENDING"';
  const pending = (id: string, configuration: string) =>
    order(id, configuration).replace('"trigger_status":"INVALID_ORDER_TYPE"', waits);
  const first = page([order('1', LIMIT), pending('2', STOP)]);
  coinbase.answer('/orders/historical/batch', [
    page([order('0', LIMIT).replace('"OPEN"', '"CANCEL_QUEUED"')]),
    first.replace('"has_next":false,"cursor":""', '"has_next":true,"cursor":"789100"'),
    page([
      pending('3', BRACKET),
      pending('4', STOP).replace(waits, '"trigger_status":"STOP_TRIGGERED"'),
    ]),
  ]);
  const of = (id: string, price: string, more: object = {}) => ({
    ...BTC,
    clientOrderId: `rl-${id}`,
    venueOrderId: id,
    side: 'sell',
    type: 'limit',
    price,
    quantity: '0.1',
    filled: '0.02',
    state: 'open',
    ...more,
  });
  assert.deepEqual(await coinbase.account.openOrders(), [
    of('0', '62000.5'),
    of('1', '62000.5'),
    of('2', '49900', { conditional: true, triggerPrice: '50000.1' }),
    of('3', '70000', { conditional: true, triggerPrice: '48000' }),
    of('4', '49900'),
  ]);
  const asked = coinbase.asked('/orders/historical/batch');
  assert.deepEqual(
    asked.map((query) => [query.getAll('order_status').join(), query.get('cursor')]),
    [
      ['PENDING,QUEUED,CANCEL_QUEUED,EDIT_QUEUED', null],
      ['OPEN', null],
      ['OPEN', '789100'],
    ],
  );
});

const SOUGHT: Order = {
  ...BTC,
  clientOrderId: 'rl-1',
  venueOrderId: '1',
  side: 'sell',
  type: 'limit',
  price: '62000.5',
  quantity: '0.1',
  filled: '0',
  state: 'open',
};

/** Of all that was filled, as each row of these has it. */
const PAID = { cost: '1220', average: '61000' };

test('what became of an order, in the words of the venue', async () => {
  const ENDS: [string, string][] = [
    ['FILLED', 'filled'],
    ['CANCELLED', 'cancelled'],
    ['EXPIRED', 'expired'],
    ['FAILED', 'rejected'],
  ];
  for (const [status, closed] of ENDS) {
    const row = order('1', LIMIT).replace('"OPEN"', `"${status}"`);
    coinbase.answer('/orders/historical/1', `{"order":${row}}`);
    const said = { outcome: 'closed', status: closed, filled: '0.02', ...PAID };
    assert.deepEqual(await coinbase.account.lookUp(SOUGHT), said);
  }
  for (const status of ['OPEN', 'QUEUED', 'CANCEL_QUEUED', 'PENDING']) {
    const row = order('1', LIMIT).replace('"OPEN"', `"${status}"`);
    coinbase.answer('/orders/historical/1', `{"order":${row}}`);
    const found = { outcome: 'found', order: { ...SOUGHT, filled: '0.02' }, ...PAID };
    assert.deepEqual(await coinbase.account.lookUp(SOUGHT), found);
  }
  const strange = order('1', LIMIT).replace('"OPEN"', '"UNKNOWN_ORDER_STATUS"');
  coinbase.answer('/orders/historical/1', `{"order":${strange}}`);
  assert.equal((await coinbase.account.lookUp(SOUGHT)).outcome, 'unreadable');
});

test('fills by cursor, of base and of quote sizes, each once', async () => {
  const fill = (
    id: string,
    size: string,
    inQuote: boolean,
  ) => `{"entry_id":"e${id}","trade_id":"${id}",
"order_id":"0000","trade_time":"2026-05-31T09:59:59.123Z","trade_type":"FILL","price":"60000.00",
"size":"${size}","commission":"1.25","product_id":"BTC-USD",
"sequence_timestamp":"2026-05-31T09:58:59.000Z","liquidity_indicator":"MAKER",
"size_in_quote":${inQuote},"user_id":"u","side":"BUY"}`;
  coinbase.answer('/orders/historical/fills', [
    `{"fills":[${fill('1', '0.001', false)},${fill('2', '120', true)}],"cursor":"789"}`,
    `{"fills":[${fill('2', '120', true)}],"cursor":"790"}`,
    '{"fills":[],"cursor":"791"}',
  ]);
  const of = (tradeId: string, quantity: string) => ({
    ...BTC,
    tradeId,
    venueOrderId: '0000',
    side: 'buy',
    quantity,
    price: '60000',
    fee: { asset: 'USD', amount: '1.25' },
    realizedPnl: null,
    timeMs: Date.parse('2026-05-31T09:59:59.123Z'),
  });
  const { rows } = await coinbase.account.fillsSince(0);
  assert.deepEqual(rows, [of('1', '0.001'), of('2', '0.002')]);
});

test('wallets over pages, holds included, kinds that are not spot left out', async () => {
  const wallet = (
    type: string,
    asset: string,
    free: string,
    held: string,
  ) => `{"uuid":"${type}${asset}${free}","name":"W",
"currency":"${asset}","available_balance":{"value":"${free}","currency":"${asset}"},"default":false,
"active":true,"created_at":"2021-05-31T09:59:59Z","type":"${type}","ready":true,
"hold":{"value":"${held}","currency":"${asset}"},"platform":"ACCOUNT_PLATFORM_CONSUMER"}`;
  const rows = (list: string[], next: string) =>
    `{"accounts":[${list.join(',')}],"has_next":${next !== ''},"cursor":"${next}","size":${list.length}}`;
  coinbase.answer('/brokerage/accounts', [
    rows([wallet('ACCOUNT_TYPE_CRYPTO', 'BTC', '1.23', '0.77')], 'n1'),
    rows(
      [
        wallet('ACCOUNT_TYPE_FIAT', 'USD', '10.50', '0'),
        wallet('ACCOUNT_TYPE_CRYPTO', 'BTC', '0.5', '0'),
        wallet('ACCOUNT_TYPE_PERP_FUTURES', 'USDC', '7', '0'),
      ],
      '',
    ),
  ]);
  const balances = await coinbase.account.balances();
  assert.deepEqual(
    balances.map(({ asset, total }) => [asset, total]),
    [
      ['BTC', '2.5'],
      ['USD', '10.5'],
    ],
  );
});

test('orders sized in quote are as large as their limit makes them, or as what is filled', async () => {
  const market = order('2', '{"market_market_ioc":{"quote_size":"1220.00"}}')
    .replace('"LIMIT"', '"MARKET"')
    .replace('"size_in_quote":false', '"size_in_quote":true');
  const limit = '{"limit_limit_gtc":{"quote_size":"1700","limit_price":"62000.50"}}';
  coinbase.answer('/orders/historical/batch', [page([]), page([order('1', limit), market])]);
  const of = (id: string, more: object) => ({
    ...BTC,
    clientOrderId: `rl-${id}`,
    venueOrderId: id,
    side: 'sell',
    filled: '0.02',
    state: 'open',
    ...more,
  });
  assert.deepEqual(await coinbase.account.openOrders(), [
    of('1', { type: 'limit', price: '62000.5', quantity: '0.02741913' }),
    of('2', { type: 'market', price: null, quantity: '0.02' }),
  ]);
  const done = market.replace('"OPEN"', '"FILLED"').replace('"0.02"', '"0.01998361"');
  coinbase.answer('/orders/historical/2', `{"order":${done}}`);
  const sought = { ...SOUGHT, clientOrderId: 'rl-2', venueOrderId: '2' };
  const said = { outcome: 'closed', status: 'filled', filled: '0.01998361', ...PAID };
  assert.deepEqual(await coinbase.account.lookUp(sought), said);
});

test('an order partly filled and then cancelled keeps what it had filled', async () => {
  const row = order('1', LIMIT).replace('"OPEN"', '"CANCELLED"');
  const rows = page([order('9', LIMIT), row]);
  coinbase.answer('/orders/historical/batch', rows);
  const said = { outcome: 'closed', status: 'cancelled', filled: '0.02', ...PAID };
  const unnamed: Order = { ...SOUGHT, venueOrderId: null, state: 'in_flight' };
  assert.deepEqual(await coinbase.account.lookUp(unnamed), said);
});

test('an answer about another order is no answer', async () => {
  coinbase.answer('/orders/historical/1', `{"order":${order('2', LIMIT)}}`);
  await rejectsAs(coinbase.account.lookUp(SOUGHT), ['VenueUnreadable']);
});

test('an order that the venue does not have is absent, however it says so', async () => {
  const text = 'order with this orderID was not found';
  coinbase.answer('/orders/historical/batch', page([order('9', LIMIT)]));
  for (const error of ['NOT_FOUND', 'unknown']) {
    const body = `{"error":"${error}","error_details":"${text}","message":"${text}"}`;
    coinbase.answer('/orders/historical/1', body, 404);
    assert.deepEqual(await coinbase.account.lookUp(SOUGHT), { outcome: 'absent' }, error);
  }
});
