/**
 * Which market the generic adapter asks about, with real classes of ccxt whose requests are written
 * down. What must be asked is from the venues' public documentation of these endpoints.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ccxt } from '../../../../../clients/exchange/connection/ccxt.js';
import { isFailure } from '../../../../../activities/errors.js';
import { allUnderstood } from '../../../../../clients/exchange/answers/open-rows.js';
import { generic } from '../../../../../clients/exchange/venues/generic/adapter.js';
import type { Reach } from '../../../../../clients/exchange/venues/index.js';
import { createVenues } from '../../../../../clients/exchange/index.js';
import { createVenueAccount } from '../../../../../clients/exchange/account/venue-account.js';
import { settingsOf, stubbed, type Sent } from '../../stubbed.js';

/** Accounts are asked what they are; these answer that they are of the usual kind. */
function answerAbout({ path }: Sent): unknown {
  if (path === 'v5/user/query-api' || path === 'v5/account/info') return { result: { uta: 1 } };
  if (path === 'v3/account/settings') return new ccxt.BadRequest('classic account');
  if (path === 'account/mode') return { data: { selfAccountMode: 'CLASSIC' } };
  if (path === 'v1/account/accounts') return { data: [{ id: 7, type: 'spot' }] };
  if (path === 'account-overview')
    return { data: { currency: 'USDT', accountEquity: '0', unrealisedPNL: '0' } };
  if (path === '{settle}/accounts') return { currency: 'USDT', total: '0', available: '0' };
  if (path.startsWith('{settle}') || ['open_orders', 'price_orders'].includes(path)) return [];
  return ['my_trades', 'accounts'].includes(path) ? [] : { data: [], result: { list: [] } };
}
const ABOUT =
  /query-api|account\/info|account\/settings|account\/mode|v1\/account\/accounts$|^detail$/;

const reachOf = (exchange: Reach['exchange'], instruments: string[]): Reach => ({
  exchange,
  place: { venue: exchange.id, account: 'main' },
  instruments,
});

/** Each request once, without its times. */
async function asks(sent: Sent[], read: () => Promise<unknown>): Promise<string[]> {
  const before = sent.length;
  await read();
  const requests = sent.slice(before).filter(({ path }) => !ABOUT.test(path));
  const timeless = requests.map(({ path, params }) => {
    const kept = Object.entries(params).filter(
      ([name]) => !/^(start|begin|from|since)/i.test(name),
    );
    return [path, ...kept.map(([name, value]) => `${name}=${String(value)}`).toSorted()].join(' ');
  });
  return [...new Set(timeless)].toSorted();
}

interface Case {
  ccxt: string;
  instrument: string;
  id: string;
  orders: string[];
  fills: string;
  positions?: string;
  balances: string;
}

const gateSwap = (instrument: string, id: string, settle: string): Case => ({
  ccxt: 'gate',
  instrument,
  id,
  orders: ['orders', 'price_orders'].map(
    (list) => `{settle}/${list} contract=${id} limit=100 settle=${settle} status=open`,
  ),
  fills: `{settle}/my_trades_timerange contract=${id} limit=1000 settle=${settle}`,
  positions: `{settle}/positions settle=${settle}`,
  balances: `{settle}/accounts settle=${settle}`,
});

const bitgetSwap = (instrument: string, id: string, settle: string): Case => {
  const market = `productType=${settle}-FUTURES symbol=${id}`;
  return {
    ccxt: 'bitget',
    instrument,
    id,
    orders: [
      `v2/mix/order/orders-pending limit=100 ${market}`,
      ...['normal_plan', 'profit_loss', 'track_plan'].map(
        (plan) => `v2/mix/order/orders-plan-pending limit=100 planType=${plan} ${market}`,
      ),
    ],
    fills: `v2/mix/order/fills limit=100 ${market}`,
    positions: `v2/mix/position/all-position marginCoin=${settle} productType=${settle}-FUTURES`,
    balances: `v2/mix/account/accounts productType=${settle}-FUTURES`,
  };
};

const CASES: Case[] = [
  gateSwap('BTC/USDT:USDT', 'BTC_USDT', 'usdt'),
  gateSwap('BTC/USD:BTC', 'BTC_USD', 'btc'),
  bitgetSwap('BTC/USDT:USDT', 'BTCUSDT', 'USDT'),
  bitgetSwap('BTC/USDC:USDC', 'BTCPERP', 'USDC'),
  {
    ccxt: 'htx',
    instrument: 'BTC/USDT:USDT',
    id: 'BTC-USDT',
    orders: [
      ...['sl', 'tp', 'tpsl', 'trailing_stop', 'trigger'].map(
        (type) => `v5/algo/order/opens contract_code=BTC-USDT limit=50 type=${type}`,
      ),
      'v5/trade/order/opens contract_code=BTC-USDT limit=50',
    ],
    fills: 'v5/trade/order/details contract_code=BTC-USDT limit=500',
    positions: 'v5/trade/position/opens',
    balances: 'v5/account/balance',
  },
  {
    ccxt: 'kucoin',
    instrument: 'BTC/USDT',
    id: 'BTC-USDT',
    orders: ['orders', 'stop-order'].map(
      (list) => `${list} pageSize=200 status=active symbol=BTC-USDT tradeType=TRADE`,
    ),
    fills: 'fills symbol=BTC-USDT',
    balances: 'accounts type=trade',
  },
  {
    ccxt: 'kucoin',
    instrument: 'BTC/USDC:USDC',
    id: 'XBTUSDCM',
    orders: [
      'orders pageSize=200 status=active symbol=XBTUSDCM',
      'stopOrders pageSize=200 symbol=XBTUSDCM',
    ],
    fills: 'fills pageSize=1000 symbol=XBTUSDCM',
    positions: 'positions',
    balances: 'account-overview code=USDC currency=USDC',
  },
];

for (const one of CASES) {
  test(`${one.ccxt} is asked about the market of ${one.instrument}`, async () => {
    const { exchange, sent } = stubbed(one.ccxt, { [one.instrument]: one.id }, answerAbout);
    const reach = reachOf(exchange, [one.instrument]);
    const positions = one.positions === undefined ? [] : [one.positions];
    assert.deepEqual(await asks(sent, () => generic.openOrders(reach)), one.orders.toSorted());
    const fills = await asks(sent, () => generic.fills(reach, Date.now() - 60_000));
    assert.deepEqual(
      fills,
      fills.map(() => one.fills),
    );
    assert.deepEqual(await asks(sent, () => generic.positions(reach)), positions);
    assert.deepEqual(await asks(sent, () => generic.balances(reach)), [one.balances]);
  });
}

test('what is of more than one kind is refused, each kind named', () => {
  const refusals: [string, string[], string][] = [
    ['kucoin', ['BTC/USDT', 'ETH/USDT:USDT'], '2 kinds: spot, linear swaps settled in USDT'],
    [
      'bitget',
      ['BTC/USDT:USDT', 'BTC/USDC:USDC', 'BTC/USD:BTC'],
      '3 kinds: linear swaps settled in USDT, linear swaps settled in USDC, inverse swaps',
    ],
    [
      'gate',
      ['BTC/USDT:USDT', 'BTC/USDT:USDT-261225'],
      '2 kinds: linear swaps settled in USDT, linear futures settled in USDT',
    ],
    [
      'deribit',
      ['BTC/USD:BTC', 'BTC/USD:BTC-261225-90000-C'],
      '2 kinds: inverse swaps, inverse options',
    ],
  ];
  for (const [ccxtId, instruments, kinds] of refusals) {
    assert.throws(
      () => createVenueAccount(settingsOf(ccxtId, instruments)),
      (error: unknown) =>
        isFailure(error, 'VenueRefused') &&
        error.message.endsWith(`of ${kinds}; configure a venue for each`),
      ccxtId,
    );
  }
  assert.doesNotThrow(() => createVenueAccount(settingsOf('gate', ['BTC/USD:BTC', 'ETH/USD:ETH'])));
});

test('an instrument that the venue does not list is refused, not read as empty', async () => {
  const { exchange } = stubbed('kucoin', { 'BTC/USDT': 'BTC-USDT' }, answerAbout);
  const reach = reachOf(exchange, ['BTC/USDT', 'BTC/UDST']);
  const read = generic.openOrders(reach).then(allUnderstood);
  await assert.rejects(read, /^OurWords: it lists no BTC\/UDST$/);
});

test('what an account cannot see is said by it, also where it is made late', async () => {
  const byInstrument = 'on other instruments: this exchange is read by instrument';
  const swaps = createVenueAccount(settingsOf('bitget', ['BTC/USDT:USDT']));
  assert.deepEqual(swaps.blindSpots, [`orders, fills and positions ${byInstrument}`]);
  const spot = createVenueAccount(settingsOf('gate', ['BTC/USDT']));
  const margin = 'margin accounts: only spot is read';
  assert.deepEqual(spot.blindSpots, [`orders and fills ${byInstrument}`, margin]);
  const unread = createVenueAccount(settingsOf('mexc', ['BTC/USDT:USDT'])).blindSpots;
  assert.ok(
    unread.some((gap) => gap.startsWith('conditional orders')),
    String(unread),
  );
  for (const known of ['binance', 'binanceusdm', 'coinbase', 'kraken', 'krakenfutures']) {
    assert.deepEqual(createVenueAccount(settingsOf(known, [])).blindSpots, [], known);
  }
  const settings = { ...settingsOf('gate', ['BTC/USDT']), url: 'http://127.0.0.1:1' };
  const venues = createVenues(new Map([['spot', settings]]), new Map([['engine', ['spot']]]));
  const [late] = venues.ofEngine('engine');
  await assert.rejects(late?.status() ?? assert.fail());
  assert.deepEqual(late?.blindSpots, spot.blindSpots);
});
