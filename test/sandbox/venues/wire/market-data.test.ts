/** What real clients ask of a market: order books, candles of any length, public trades, through ccxt itself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Exchange, OHLCV } from 'ccxt';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues, type RunningVenues } from '../../../../sandbox/venues/index.js';
import { BTC, connect, exact } from '../connect.js';

const WITH_BOOKS = ['binance', 'binanceusdm', 'kraken'] as const;
const DAY_MS = 86_400_000;

let venues: RunningVenues;
let admin: VenueAdmin;

before(async () => {
  venues = await startVenues({ seed: 'market data', oneBinance: true });
  admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
  await admin.setPrice({ underlying: 'BTC', price: '60000' });
});
after(() => venues.close());

for (const venue of WITH_BOOKS) {
  test(`${venue}: the book stands around the price, with the own order in it`, async () => {
    const exchange = connect(venues, venue);
    const symbol = BTC[venue];
    const asked = { type: 'limit', side: 'buy', amount: 0.123, price: 59_999.5 } as const;
    const order = await exchange.createOrder(
      symbol,
      asked.type,
      asked.side,
      asked.amount,
      asked.price,
    );
    const { bids, asks } = await exchange.fetchOrderBook(symbol, 100);
    const own = bids.find(([price]) => exact(price) === '59999.5');
    const before = await amountAt(exchange, symbol, String(order.id));
    assert.equal(exact(bids[0]?.[0]), '59999.99');
    assert.equal(exact(asks[0]?.[0]), '60000.01');
    assert.equal(asks.length, 100);
    assert.equal(Number(own?.[1]).toFixed(3), (before + 0.123).toFixed(3));
    assert.deepEqual(
      bids.map(([price]) => Number(price)),
      falling(bids),
    );
  });
}

/** What others bid there, once the own order is gone. */
async function amountAt(exchange: Exchange, symbol: string, orderId: string): Promise<number> {
  await exchange.cancelOrder(orderId, symbol);
  const { bids } = await exchange.fetchOrderBook(symbol, 100);
  return Number(exact(bids.find(([price]) => exact(price) === '59999.5')?.[1] ?? 0));
}

function falling(levels: readonly (readonly unknown[])[]): number[] {
  return levels.map(([price]) => Number(price)).sort((a, b) => b - a);
}

test('an own order inside the spread is the best of the book and of the ticker', async () => {
  const exchange = connect(venues, 'binance');
  const order = await exchange.createOrder('BTC/USDT', 'limit', 'sell', 0.5, 60_000.01);
  const { asks } = await exchange.fetchOrderBook('BTC/USDT', 5);
  const { ask, askVolume } = await exchange.fetchTicker('BTC/USDT');
  await exchange.cancelOrder(String(order.id), 'BTC/USDT');
  assert.deepEqual(asks[0]?.map(exact), ['60000.01', '10.5']);
  assert.deepEqual([exact(ask), exact(askVolume)], ['60000.01', '10.5']);
});

test('binance: every interval is there, in full length, without gaps, up to the price', async () => {
  const exchange = connect(venues, 'binance');
  for (const interval of Object.keys(exchange.timeframes)) {
    const rows = await exchange.fetchOHLCV('BTC/USDT', interval, undefined, 1000);
    const lengthMs = exchange.parseTimeframe(interval) * 1000;
    const least = Math.min(1000, Math.floor((7 * 365 * DAY_MS) / lengthMs) - 1);
    assert.ok(rows.length >= least, `${interval}: ${rows.length} rows`);
    assert.equal(exact(rows.at(-1)?.[4]), '60000', interval);
    if (interval !== '1M') {
      const gaps = rows.slice(1).filter((row, at) => timeOf(row) - timeOf(rows[at]) !== lengthMs);
      assert.deepEqual(gaps, [], interval);
    }
  }
});

test('a candle says what the shorter ones in it say', async () => {
  const exchange = connect(venues, 'binance');
  const hours = await exchange.fetchOHLCV('BTC/USDT', '1h', undefined, 20);
  const fromMs = timeOf(hours[0]);
  const minutes = await exchange.fetchOHLCV('BTC/USDT', '1m', fromMs, 60);
  const quarters = await exchange.fetchOHLCV('BTC/USDT', '15m', fromMs, 4);
  for (const parts of [minutes, quarters]) {
    assert.equal(timeOf(parts[0]), fromMs);
    assert.equal(exact(parts[0]?.[1]), exact(hours[0]?.[1]));
    assert.equal(Math.max(...parts.map((row) => Number(row[2]))), Number(hours[0]?.[2]));
    assert.equal(Math.min(...parts.map((row) => Number(row[3]))), Number(hours[0]?.[3]));
    assert.equal(exact(parts.at(-1)?.[4]), exact(hours[0]?.[4]));
  }
});

test('kraken: 720 candles of any interval; futures: 1500', async () => {
  const kraken = connect(venues, 'kraken');
  for (const interval of ['1m', '5m', '1h', '1d']) {
    const rows = await kraken.fetchOHLCV('BTC/USD', interval);
    assert.equal(rows.length, 720, interval);
  }
  const futures = connect(venues, 'binanceusdm');
  const asked = { symbol: 'BTCUSDT', interval: '4h', limit: 1500 };
  assert.equal(((await futures.fapiPublicGetKlines(asked)) as unknown[]).length, 1500);
});

test('public trades rise in id and time and end at the price', async () => {
  for (const venue of WITH_BOOKS) {
    const trades = await connect(venues, venue).fetchTrades(BTC[venue], undefined, 50);
    const times = trades.map(({ timestamp }) => timestamp ?? 0);
    assert.equal(exact(trades.at(-1)?.price), '60000', venue);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.equal(new Set(trades.map(({ id }) => id)).size, trades.length);
  }
});

test('binance: price, average, fees and a ping', async () => {
  const exchange = connect(venues, 'binance');
  const prices = await exchange.fetchLastPrices(['BTC/USDT']);
  const fees = await exchange.fetchTradingFees();
  const average = (await exchange.publicGetAvgPrice({ symbol: 'BTCUSDT' })) as { mins: number };
  assert.equal(exact(prices['BTC/USDT']?.price), '60000');
  assert.equal(exact(fees['BTC/USDT']?.taker), '0.001');
  assert.equal(average.mins, 5);
  assert.deepEqual(await exchange.publicGetPing(), {});
});

test('futures: leverage and margin type are kept, and are told', async () => {
  const exchange = connect(venues, 'binanceusdm');
  const symbol = 'BTC/USDT:USDT';
  await exchange.setLeverage(3, symbol);
  await exchange.setMarginMode('isolated', symbol);
  const told = await exchange.fetchLeverage(symbol);
  assert.deepEqual([told.marginMode, told.longLeverage], ['isolated', 3]);
  await assert.rejects(
    exchange.fapiPrivatePostMarginType({ symbol: 'BTCUSDT', marginType: 'ISOLATED' }),
    /-4046/,
  );
  await assert.rejects(exchange.setLeverage(50, symbol), /leverage must be from 1 to 20/);
  assert.deepEqual(await exchange.fapiPrivateGetMultiAssetsMargin(), { multiAssetsMargin: false });
});

test('one origin and one key have spot and futures, where it is asked for', async () => {
  const exchange = connect(venues, 'binance');
  await exchange.loadMarkets();
  assert.ok(exchange.market('BTC/USDT').spot && exchange.market('BTC/USDT:USDT').swap);
  const order = await exchange.createOrder('BTC/USDT:USDT', 'limit', 'buy', 0.002, 59_000);
  const { venues: ledgers } = await admin.ledger();
  assert.deepEqual(
    ledgers.binanceusdm.openOrders.map(({ venueOrderId }) => venueOrderId),
    [order.id],
  );
  await exchange.cancelOrder(String(order.id), 'BTC/USDT:USDT');
});

test('balances have eight decimals, and what is locked is the worth of the orders', async () => {
  const exchange = connect(venues, 'binance');
  const order = await exchange.createOrder('BTC/USDT', 'limit', 'buy', 0.01234, 59_876.54);
  const { balances } = (await exchange.privateGetAccount()) as {
    balances: { asset: string; free: string; locked: string }[];
  };
  const usdt = balances.find(({ asset }) => asset === 'USDT');
  assert.equal(usdt?.locked, '738.87650360');
  for (const { free } of balances) assert.match(free, /^\d+\.\d{8}$/);
  await exchange.cancelOrder(String(order.id), 'BTC/USDT');
});

function timeOf(row: OHLCV | undefined): number {
  return Number(row?.[0]);
}
