/**
 * Rows of other venues that many use, as their documentation shows them, through ccxt's own parsers:
 * what these leave in a row, and the generic adapter reads there.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allUnderstood } from '../../../../../clients/exchange/answers/open-rows.js';
import { generic } from '../../../../../clients/exchange/venues/generic/adapter.js';
import { SWAP, INVERSE, reachOf } from './reach.js';

const AT = Date.now() - 60_000;

const bitgetOrder = (more: object) => ({
  symbol: 'BTCUSDT',
  orderId: '11',
  clientOid: 'rl-1',
  size: '1',
  baseVolume: '0',
  side: 'buy',
  orderType: 'limit',
  price: '60000',
  status: 'live',
  reduceOnly: 'NO',
  cTime: String(AT),
  ...more,
});

test('bitget: an order of a hedge names its side, and what closes it is on the other', async () => {
  const read = async (more: object) => {
    const reach = reachOf('bitget', { [SWAP]: 'BTCUSDT' }, ({ path }) => ({
      data: { entrustedList: path.endsWith('orders-pending') ? [bitgetOrder(more)] : [] },
    }));
    const [order] = allUnderstood(await generic.openOrders(reach));
    return [order?.side, order?.positionSide, order?.reduceOnly];
  };
  const hedge = { posMode: 'hedge_mode' };
  assert.deepEqual(await read({ ...hedge, posSide: 'long', tradeSide: 'open' }), [
    'buy',
    'long',
    undefined,
  ]);
  assert.deepEqual(await read({ ...hedge, posSide: 'long', tradeSide: 'close' }), [
    'sell',
    'long',
    true,
  ]);
  const short = { ...hedge, posSide: 'short', side: 'sell', tradeSide: 'close' };
  assert.deepEqual(await read(short), ['buy', 'short', true]);
  const net = { posMode: 'one_way_mode', posSide: 'net', side: 'sell', tradeSide: 'sell_single' };
  assert.deepEqual(await read(net), ['sell', undefined, undefined]);
});

const bitgetFill = (tradeId: string, tradeSide: string) => ({
  tradeId,
  symbol: 'BTCUSDT',
  orderId: '11',
  price: '60000',
  baseVolume: '1',
  side: 'sell',
  cTime: String(AT),
  feeDetail: [{ feeCoin: 'USDT', totalFee: '-0.1', deduction: 'no' }],
  posMode: 'one_way_mode',
  tradeSide,
});

const FORCED: {
  ccxtId: string;
  id: string;
  row: (word: string) => object;
  wrap: (rows: object[]) => unknown;
  words: [word: string, forced: string | undefined][];
}[] = [
  {
    ccxtId: 'bitget',
    id: 'BTCUSDT',
    row: (word) => bitgetFill(`t-${word}`, word),
    wrap: (fillList) => ({ data: { fillList } }),
    words: [
      ['sell_single', undefined],
      ['burst_sell_single', 'liquidation'],
      ['reduce_close_long', 'liquidation'],
      ['dte_sys_adl_sell_in_single_side_mode', 'deleveraging'],
    ],
  },
  {
    ccxtId: 'kucoin',
    id: 'XBTUSDTM',
    row: (tradeType) => ({
      tradeId: `t-${tradeType}`,
      symbol: 'XBTUSDTM',
      orderId: '11',
      side: 'sell',
      size: 1,
      price: '60000',
      value: '60',
      fee: '0.1',
      feeCurrency: 'USDT',
      tradeType,
      tradeTime: AT * 1_000_000,
      createdAt: AT,
    }),
    wrap: (items) => ({ data: { items } }),
    words: [
      ['trade', undefined],
      ['liquidation', 'liquidation'],
      ['ADL', 'deleveraging'],
    ],
  },
  {
    ccxtId: 'mexc',
    id: 'BTC_USDT',
    row: (category) => ({
      id: `t-${category}`,
      symbol: 'BTC_USDT',
      orderId: '11',
      side: 3,
      vol: 1,
      price: 60000,
      fee: 0.1,
      feeCurrency: 'USDT',
      timestamp: AT,
      positionMode: 2,
      category: Number(category),
      profit: 0,
    }),
    wrap: (rows) => ({ data: rows }),
    words: [
      ['1', undefined],
      ['2', 'liquidation'],
      ['4', 'deleveraging'],
    ],
  },
];

for (const { ccxtId, id, row, wrap, words } of FORCED) {
  test(`${ccxtId}: liquidations and deleveragings are told by their word`, async () => {
    const reach = reachOf(ccxtId, { [SWAP]: id }, () => wrap(words.map(([word]) => row(word))));
    const { rows } = await generic.fills(reach, AT - 1_000);
    assert.deepEqual(
      new Map(rows.map(({ tradeId, forced }) => [tradeId, forced])),
      new Map(words.map(([word, forced]) => [`t-${word}`, forced])),
    );
  });
}

test('mexc: of its four sides of contracts two buy and two sell, and two can only close', async () => {
  const row = (side: number) => ({
    orderId: `o-${side}`,
    symbol: 'BTC_USDT',
    externalOid: `rl-${side}`,
    side,
    vol: 2,
    dealVol: 0,
    price: 60000,
    orderType: 1,
    category: 1,
    state: 2,
    positionMode: 2,
    createTime: AT,
  });
  const fill = (side: number) => ({
    ...row(side),
    id: `t-${side}`,
    fee: 0,
    feeCurrency: 'USDT',
    timestamp: AT,
  });
  const sides = [1, 2, 3, 4];
  const reach = reachOf('mexc', { [SWAP]: 'BTC_USDT' }, ({ path }) => ({
    data: path.includes('order_deals') ? sides.map(fill) : sides.map(row),
  }));
  const orders = allUnderstood(await generic.openOrders(reach));
  assert.deepEqual(
    orders.map(({ venueOrderId, side, reduceOnly }) => [venueOrderId, side, reduceOnly]),
    [
      ['o-1', 'buy', undefined],
      ['o-2', 'buy', true],
      ['o-3', 'sell', undefined],
      ['o-4', 'sell', true],
    ],
  );
  const { rows } = await generic.fills(reach, AT - 1_000);
  assert.deepEqual(
    new Map(rows.map(({ tradeId, side }) => [tradeId, side])),
    new Map([
      ['t-1', 'buy'],
      ['t-2', 'buy'],
      ['t-3', 'sell'],
      ['t-4', 'sell'],
    ]),
  );
});

test('deribit: a label is a client id, and a liquidation is ours where it was our part', async () => {
  const order = (order_id: string, label: string) => ({
    order_id,
    label,
    instrument_name: 'BTC-PERPETUAL',
    direction: 'buy',
    amount: 10,
    filled_amount: 0,
    price: 60000,
    order_state: 'open',
    order_type: 'limit',
    creation_timestamp: AT,
  });
  const trade = (trade_id: string, more: object) => ({
    trade_id,
    instrument_name: 'BTC-PERPETUAL',
    direction: 'sell',
    amount: 10,
    price: 60000,
    timestamp: AT,
    order_id: 'o',
    fee: 0.00001,
    fee_currency: 'BTC',
    ...more,
  });
  const reach = reachOf('deribit', { [INVERSE]: 'BTC-PERPETUAL' }, ({ path }) => {
    if (path.startsWith('get_open_orders')) return { result: [order('1', 'rl-1'), order('2', '')] };
    return {
      result: {
        trades: [
          trade('a', { liquidity: 'T', liquidation: 'T' }),
          trade('b', { liquidity: 'M', liquidation: 'T' }),
          trade('c', { liquidity: 'M' }),
        ],
      },
    };
  });
  const orders = allUnderstood(await generic.openOrders(reach));
  assert.deepEqual(
    orders.map(({ clientOrderId }) => clientOrderId),
    ['rl-1', 'venue:2'],
  );
  const { rows } = await generic.fills(reach, AT - 1_000);
  assert.deepEqual(
    rows.map(({ forced }) => forced),
    ['liquidation', undefined, undefined],
  );
});
