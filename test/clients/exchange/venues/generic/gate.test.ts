/**
 * Gate through the generic adapter, over HTTP: rows as recorded in the review's cases, and those of its
 * contracts as its documentation shows them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptedVenue } from '../scripted.js';

const AT = Date.now() - 60_000;

const pair = (base: string) => `{"id":"${base}_USDT","base":"${base}","quote":"USDT","fee":"0.2",
"min_base_amount":"0.00001","min_quote_amount":"1","amount_precision":6,"precision":1,
"trade_status":"tradable","sell_start":0,"buy_start":0}`;
const contract = `{"name":"BTC_USDT","type":"direct","quanto_multiplier":"0.0001","leverage_min":"1",
"leverage_max":"100","maker_fee_rate":"-0.0001","taker_fee_rate":"0.0005","order_size_min":1,
"order_size_max":1000000,"order_price_round":"0.1","mark_price":"60000","in_delisting":false,
"order_price_deviate":"0.5","create_time":1576800000}`;

const ALWAYS = {
  'spot/currency_pairs': `[${pair('BTC')},${pair('LTC')}]`,
  'margin/currency_pairs': '[]',
  'margin/uni/currency_pairs': '[]',
  'futures/usdt/contracts': `[${contract}]`,
  'futures/btc/contracts': '[]',
  'delivery/usdt/contracts': '[]',
  'options/underlyings': '[]',
  'account/detail': '{"user_id":1}',
  'spot/price_orders': '[]',
  'futures/usdt/price_orders': '[]',
  'spot/my_trades': '[]',
  'futures/usdt/my_trades_timerange': '[]',
  'futures/usdt/my_trades': '[]',
};

const spot = scriptedVenue('gate', ['BTC/USDT', 'LTC/USDT'], ALWAYS);
const swap = scriptedVenue('gate', ['BTC/USDT:USDT'], ALWAYS);

const order = (id: string, text: string, more: string) => `{"id":"${id}","text":"${text}",
"status":"open","currency_pair":"BTC_USDT","type":"limit","side":"sell","amount":"0.5","left":"0.5",
"price":"70000","time_in_force":"gtc","create_time_ms":"${AT}","update_time_ms":"${AT}",
"filled_total":"0","finish_as":"open"${more}}`;

const resting = (...rows: string[]) =>
  `[{"currency_pair":"BTC_USDT","total":${rows.length},"orders":[${rows.join()}]}]`;

test('where an order came from is no client id: two by hand are two', async () => {
  const small = ',"amount":"0.00009","left":"0.00009"';
  const words = ['web', 'api', 'apiv4', 'app', '3', 'ao-9'];
  const others = words.map((word, at) => order(`${at + 2}`, word, ''));
  spot.answer(
    'spot/open_orders',
    resting(order('1', 'web', small), ...others, order('9', 't-rl1', '')),
  );
  const orders = await spot.account.openOrders();
  assert.deepEqual(
    orders.map(({ clientOrderId, quantity }) => [clientOrderId, quantity]),
    [['venue:1', '0.00009'], ...words.map((_, at) => [`venue:${at + 2}`, '0.5']), ['t-rl1', '0.5']],
  );
});

test('a name that two orders have names neither', async () => {
  spot.answer(
    'spot/open_orders',
    resting(order('1', 't-a', ''), order('2', 't-a', ''), order('3', 't-b', '')),
  );
  const orders = await spot.account.openOrders();
  assert.deepEqual(
    orders.map(({ clientOrderId }) => clientOrderId),
    ['venue:1', 'venue:2', 't-b'],
  );
});

test('a fee in its own coin is the fee, and both are where both are charged', async () => {
  const trade = (id: string, more: string) => `{"id":"${id}","create_time_ms":"${AT}.3",
"currency_pair":"LTC_USDT","side":"buy","role":"taker","amount":"0.0485","price":"68.01",
"order_id":"9","text":"apiv4",${more}}`;
  spot.answer('spot/my_trades', (asked) =>
    asked.get('currency_pair') === 'LTC_USDT'
      ? `[${trade('1', '"fee":"0","fee_currency":"LTC","gt_fee":"0.0006"')},
${trade('2', '"fee":"0.0001","fee_currency":"LTC","gt_fee":"0.0006","point_fee":"0"')},
${trade('3', '"fee":"0.0001","fee_currency":"LTC","gt_fee":"0"')}]`
      : '[]',
  );
  const { rows } = await spot.account.fillsSince(AT - 1_000);
  const [gt, ltc] = [
    { asset: 'GT', amount: '0.0006' },
    { asset: 'LTC', amount: '0.0001' },
  ];
  assert.deepEqual(
    rows.map(({ fee, otherFees }) => [fee, otherFees]),
    [
      [gt, undefined],
      [ltc, [gt]],
      [ltc, undefined],
    ],
  );
});

test('what a market buy by quote got is what its row says', async () => {
  const row = `{"id":"9","text":"apiv4","status":"closed","finish_as":"filled","account":"spot",
"currency_pair":"LTC_USDT","type":"market","side":"buy","amount":"5.0","price":"0.0","left":"0.001015",
"filled_amount":"0.0735","filled_total":"4.998985","fill_price":"4.998985","avg_deal_price":"68.02",
"time_in_force":"ioc","create_time_ms":"1","update_time_ms":"1"}`;
  spot.answer('spot/orders/9', row);
  const order = {
    venue: 'gate',
    account: 'main',
    instrument: 'LTC/USDT',
    clientOrderId: 't-rl',
    venueOrderId: '9',
    side: 'buy' as const,
    type: 'market',
    price: null,
    quantity: '0.0735',
    filled: '0',
    state: 'open' as const,
  };
  const found = await spot.account.lookUp(order);
  assert.deepEqual(found, { outcome: 'closed', status: 'filled', filled: '0.0735' });
});

test('a close of a whole side names it, has no size, and only reduces', async () => {
  const stop = (
    type: string,
    initial: string,
  ) => `{"id":7,"user":1,"status":"open","order_type":"${type}",
"initial":{"contract":"BTC_USDT","size":0,"price":"0","tif":"ioc","text":"t-rl7","is_close":true,
"is_reduce_only":true,${initial}},"trigger":{"strategy_type":0,"price_type":0,"price":"50000","rule":2,
"expiration":0},"create_time":1700000000,"trade_id":0}`;
  swap.answer('futures/usdt/orders', '[]');
  const read = async (row: string) => {
    swap.answer('futures/usdt/price_orders', `[${row}]`);
    const [found] = await swap.account.openOrders();
    const { side, quantity, reduceOnly, positionSide, triggerPrice } = found ?? assert.fail();
    return [side, quantity, reduceOnly, positionSide, triggerPrice];
  };
  assert.deepEqual(await read(stop('plan-close-long-position', '"auto_size":"close_long"')), [
    'sell',
    '0',
    true,
    'long',
    '50000',
  ]);
  assert.deepEqual(await read(stop('plan-close-short-position', '"auto_size":""')), [
    'buy',
    '0',
    true,
    undefined,
    '50000',
  ]);
  swap.answer('futures/usdt/price_orders', `[${stop('', '"auto_size":""')}]`);
  const { notUnderstood } = await swap.account.readOpenOrders();
  assert.equal(notUnderstood.length, 1);
});

test('liquidations and deleveragings of its contracts are told by their word', async () => {
  const trade = (
    trade_id: number,
    text: string,
  ) => `{"trade_id":${trade_id},"create_time":${AT / 1000},
"contract":"BTC_USDT","order_id":"21893289839","size":-100,"price":"60000","role":"taker",
"text":"${text}","fee":"0.03","point_fee":"0"}`;
  swap.answer(
    'futures/usdt/my_trades_timerange',
    `[${trade(1, 't-rl1')},${trade(2, 'liq-77')},${trade(3, 'auto_deleveraging')},${trade(4, 'web')}]`,
  );
  swap.answer('futures/usdt/my_trades', '[]');
  const { rows } = await swap.account.fillsSince(AT - 1_000);
  assert.deepEqual(
    rows.map(({ tradeId, forced, fee }) => [tradeId, forced, fee?.asset]),
    [
      ['1', undefined, 'USDT'],
      ['2', 'liquidation', 'USDT'],
      ['3', 'deleveraging', 'USDT'],
      ['4', undefined, 'USDT'],
    ],
  );
});

test('each instrument has the status that a fresh list of markets tells', async () => {
  spot.answer('spot/currency_pairs', `[${pair('BTC').replace('tradable', 'untradable')}]`);
  const statuses = await spot.account.status();
  assert.deepEqual(
    statuses.map(({ instrument, status }) => [instrument, status]),
    [
      ['BTC/USDT', 'halted'],
      ['LTC/USDT', 'ending'],
    ],
  );
});
