/** What ccxt does at a simulated venue is what its ledger shows, and the other way round. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Exchange } from 'ccxt';
import { createVenueAdmin, type VenueAdmin } from '../../../sandbox/venues/admin-client.js';
import {
  ENGINE_VENUE_IDS,
  startVenues,
  type RunningVenues,
} from '../../../sandbox/venues/index.js';
import { decimal } from '../../../sandbox/venues/decimal.js';
import { BTC, clientId, connect, exact } from './connect.js';

let venues: RunningVenues;
let admin: VenueAdmin;
const startedMs = Date.now();

before(async () => {
  venues = await startVenues({ seed: 'round-trip' });
  admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
  await admin.setPrice({ underlying: 'BTC', price: '60000' });
});

after(() => venues.close());

for (const venue of ENGINE_VENUE_IDS) {
  describe(`ccxt ${venue}`, () => {
    const symbol = BTC[venue];
    const quote = symbol.includes('USDT') ? 'USDT' : 'USD';
    let exchange: Exchange;

    const place = (type: 'limit' | 'market', side: 'buy' | 'sell', id: string, price = 59000.5) =>
      // ccxt's types say number, but text keeps every digit.
      exchange.createOrder(symbol, type, side, '0.123' as unknown as number, price, {
        ...clientId(venue, id),
      });
    const ledger = async () => (await admin.ledger()).venues[venue];

    async function sameBalances(): Promise<void> {
      const balance = await exchange.fetchBalance();
      const { balances } = await ledger();
      for (const [asset, { total, free, used }] of Object.entries(balances)) {
        const read = balance[asset];
        assert.equal(exact(read?.total), total, `${asset} total`);
        assert.equal(exact(read?.free), free, `${asset} free`);
        assert.equal(exact(read?.used), used, `${asset} used`);
      }
    }

    before(() => {
      exchange = connect(venues, venue);
    });

    test('loads its markets', async () => {
      await exchange.loadMarkets();
      assert.ok(exchange.symbols.includes(symbol));
      assert.equal(exchange.market(symbol).active, true);
    });

    test('places, reads, fills in part and cancels an order, as the ledger has it', async () => {
      const id = String((await place('limit', 'buy', 'trip-1')).id);
      const [open] = (await ledger()).openOrders;
      assert.ok(open);
      assert.equal(open.venueOrderId, id);
      assert.equal(open.clientOrderId, 'trip-1');
      const [read] = await exchange.fetchOpenOrders();
      assert.equal(read?.clientOrderId, 'trip-1');
      assert.deepEqual(
        [read.symbol, read.side, exact(read.price), exact(read.amount), exact(read.filled)],
        [open.instrument, open.side, open.price, open.quantity, open.filled],
      );
      await sameBalances();

      await admin.fillOrder({ venue, clientOrderId: 'trip-1', quantity: '0.023' });
      const order = await exchange.fetchOrder(id, symbol);
      assert.deepEqual(
        [order.status, exact(order.filled), exact(order.remaining), exact(order.average)],
        ['open', '0.023', '0.1', '59000.5'],
      );

      await exchange.cancelOrder(id, symbol);
      assert.deepEqual((await ledger()).openOrders, []);
      assert.equal((await exchange.fetchOrder(id, symbol)).status, 'canceled');
      assert.deepEqual(await exchange.fetchOpenOrders(symbol), []);
    });

    test('reads the trades the journal has, to the last digit', async () => {
      await place('market', 'sell', 'trip-2');
      const { entries } = await admin.journal();
      const fills = entries.flatMap((entry) =>
        entry.kind === 'fill' && entry.venue === venue ? [entry] : [],
      );
      const trades = await exchange.fetchMyTrades(symbol, startedMs);
      const byId = new Map(trades.map((trade) => [trade.id, trade]));
      assert.equal(byId.size, fills.length);
      for (const fill of fills) {
        const trade = byId.get(fill.venueTradeId);
        assert.deepEqual(
          [trade?.order, trade?.side, trade?.takerOrMaker, trade?.timestamp],
          [fill.venueOrderId, fill.side, fill.liquidity, fill.timeMs],
        );
        assert.deepEqual([exact(trade?.price), exact(trade?.amount)], [fill.price, fill.quantity]);
        const told = { cost: exact(trade?.fee?.cost), currency: trade?.fee?.currency };
        // Kraken's trades tell every fee in quote, whatever it was paid in.
        const inQuote = { cost: fill.feeInQuote, currency: quote };
        assert.deepEqual(
          told,
          venue === 'kraken' ? inQuote : { cost: fill.fee, currency: fill.feeAsset },
        );
      }
    });

    test('reads closed orders and the market', async () => {
      const closed = await exchange.fetchClosedOrders(symbol);
      assert.ok(closed.some((order) => order.clientOrderId === 'trip-2'));
      const ticker = await exchange.fetchTicker(symbol);
      assert.equal(exact(ticker.last), '60000');
      assert.equal(exact((await exchange.fetchTickers([symbol]))[symbol]?.last), '60000');
      const candles = await exchange.fetchOHLCV(symbol, '1m', undefined, 120);
      assert.ok(candles.length >= 119);
      assert.equal(exact(candles.at(-1)?.[4]), '60000');
      assert.ok(Math.abs((await exchange.fetchTime()) ?? 0) > 0);
    });

    test('refuses a wrong signature', async () => {
      const other = venues.credentials[venue];
      const stranger = await startVenues();
      // Another start's key: right in form, wrong in value.
      const secret = venue === 'coinbase' ? stranger.credentials.coinbase.secret : 'd3Jvbmc=';
      await stranger.close();
      const wrong = connect(venues, venue, { apiKey: other.apiKey, secret });
      wrong.setMarkets(exchange.markets);
      await assert.rejects(wrong.fetchBalance(), /-1022|Unauthorized|Invalid signature/);
    });

    test('takes an order filled at the market price when the price reaches it', async () => {
      await place('limit', 'sell', 'trip-3', 60500);
      await admin.setPrice({ underlying: 'BTC', price: '60600' });
      const { entries } = await admin.journal();
      const last = entries.at(-1);
      assert.ok(last?.kind === 'fill' && last.clientOrderId === 'trip-3');
      assert.equal(last.price, '60500');
      await admin.setPrice({ underlying: 'BTC', price: '60000' });
      if (venue !== 'binanceusdm') await sameBalances();
    });
  });
}

test('positions carry the entry price, and the wallet balance is the ledger total', async () => {
  const exchange = connect(venues, 'binanceusdm');
  const symbol = BTC.binanceusdm;
  await admin.setPrice({ underlying: 'BTC', price: '60010' });
  await exchange.createOrder(symbol, 'market', 'buy', 1);
  const [position] = await exchange.fetchPositions();
  const { positions, balances } = (await admin.ledger()).venues.binanceusdm;
  assert.equal(position?.side, 'long');
  assert.deepEqual(
    [position.symbol, exact(position.contracts), exact(position.entryPrice)],
    [symbol, positions[0]?.quantity, positions[0]?.averagePrice],
  );
  const { info } = await exchange.fetchBalance();
  const { assets } = info as { assets: { walletBalance: string }[] };
  assert.equal(exact(assets[0]?.walletBalance), balances.USDT?.total);
  const marks = await exchange.fetchMarkPrices([symbol]);
  assert.equal(exact(marks[symbol]?.markPrice), '60010');
  assert.deepEqual(
    await exchange.fetchOpenOrders(symbol, undefined, undefined, { trigger: true }),
    [],
  );
});

test('finds orders by client id as each venue offers it', async () => {
  const binance = connect(venues, 'binance');
  const byClientId = await binance.fetchOrder('', BTC.binance, { origClientOrderId: 'trip-1' });
  assert.equal(byClientId.clientOrderId, 'trip-1');
  const kraken = connect(venues, 'kraken');
  const closed = await kraken.fetchClosedOrders(undefined, undefined, undefined, {
    cl_ord_id: 'trip-1',
  });
  assert.deepEqual(
    closed.map((order) => order.clientOrderId),
    ['trip-1'],
  );
});

test('a repeated client id is refused, or answered with the order it named', async () => {
  for (const venue of ENGINE_VENUE_IDS) {
    const exchange = connect(venues, venue);
    const place = () =>
      exchange.createOrder(BTC[venue], 'limit', 'buy', 0.1, 50000, clientId(venue, 'twice'));
    const first = await place();
    if (venue === 'coinbase') assert.equal((await place()).id, first.id);
    else await assert.rejects(place(), /Duplicate order sent|-4116|Duplicate cl_ord_id/);
    const { writes } = await admin.requests();
    const outcomes = writes.flatMap((row) =>
      row.venue === venue && row.clientOrderId === 'twice' ? [row.outcome] : [],
    );
    assert.deepEqual(outcomes, ['accepted', venue === 'coinbase' ? 'repeated' : 'refused']);
    const { openOrders } = (await admin.ledger()).venues[venue];
    assert.equal(openOrders.filter((row) => row.clientOrderId === 'twice').length, 1);
  }
});

test('pages through more trades and orders than one answer holds', async () => {
  const many = 120;
  for (const venue of ['coinbase', 'kraken'] as const) {
    for (let count = 0; count < many; count += 1) {
      const order = { venue, instrument: BTC[venue], side: 'buy', quantity: '0.1' } as const;
      await admin.placeOrder({ ...order, type: 'market' });
    }
  }
  const kraken = connect(venues, 'kraken');
  const ids = new Set<unknown>();
  for (const ofs of [0, 50, 100]) {
    const page = await kraken.fetchMyTrades(undefined, undefined, undefined, { ofs });
    assert.ok(page.length <= 50);
    for (const trade of page) ids.add(trade.id);
  }
  const coinbase = connect(venues, 'coinbase');
  const orders = await coinbase.fetchClosedOrders(BTC.coinbase, undefined, undefined, {
    paginate: true,
  });
  const { entries } = await admin.journal();
  const fills = entries.filter((entry) => entry.kind === 'fill');
  assert.equal(ids.size, fills.filter((fill) => fill.venue === 'kraken').length);
  assert.ok(new Set(orders.map((order) => order.id)).size >= many);
});

test('a dead-man switch that is not renewed cancels what is open', async () => {
  const kraken = connect(venues, 'kraken');
  await kraken.cancelAllOrdersAfter(1000);
  const usdm = connect(venues, 'binanceusdm');
  const arm = usdm.fapiPrivatePostCountdownCancelAll as (params: object) => Promise<unknown>;
  await arm.call(usdm, { symbol: 'BTCUSDT', countdownTime: 50 });
  const cancelled = async (venue: string) => {
    const { entries } = await admin.journal();
    return entries.some(
      (row) =>
        row.kind === 'order-cancelled' && row.reason === 'dead-man-switch' && row.venue === venue,
    );
  };
  while (!((await cancelled('kraken')) && (await cancelled('binanceusdm')))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual((await admin.ledger()).venues.kraken.openOrders, []);
});

test('every venue balance survives a manual transfer', async () => {
  const beforeTransfer = (await admin.ledger()).venues.kraken.balances.USD?.total ?? '';
  await admin.transfer({ venue: 'kraken', asset: 'USD', amount: '-12.34567' });
  const balance = await connect(venues, 'kraken').fetchBalance();
  assert.equal(exact(balance.USD?.total), decimal(beforeTransfer).minus('12.34567').toFixed());
});
