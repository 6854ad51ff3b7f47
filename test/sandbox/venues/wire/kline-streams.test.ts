/** Candles by websocket, through ccxt's own client of streams, as public bots follow them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ccxt } from '../../../../clients/exchange/connection/ccxt.js';
import { BTC, exact } from '../connect.js';
import { openVenue } from './open-venue.js';

for (const venue of ['binance', 'binanceusdm'] as const) {
  test(`${venue}: a followed candle moves with the price`, async (t) => {
    const { venues, admin, exchange: rest } = await openVenue(venue, 'streams');
    t.after(() => venues.close());
    const exchange = new ccxt.pro[venue]({ ...venues.credentials[venue], number: String });
    t.after(() => exchange.close());
    const origin = venues.urls[venue].replace('http', 'ws');
    const { ws } = exchange.urls.api as unknown as { ws: Record<string, string> };
    Object.assign(ws, { spot: `${origin}/ws`, future: `${origin}/ws` });
    await exchange.loadHttpProxyAgent();
    exchange.setMarkets(rest.markets);
    const followed = await exchange.watchOHLCV(BTC[venue], '5m');
    assert.equal(exact(followed.at(-1)?.[4]), '60000');
    await admin.setPrice({ underlying: 'BTC', price: '61234.56' });
    let close = '';
    while (close !== '61234.56') {
      const rows = await exchange.watchOHLCV(BTC[venue], '5m');
      close = exact(rows.at(-1)?.[4]);
    }
    const asked = await rest.fetchOHLCV(BTC[venue], '5m', undefined, 1);
    const told = (await exchange.watchOHLCV(BTC[venue], '5m')).at(-1);
    assert.deepEqual(told?.slice(0, 5).map(exact), asked.at(-1)?.slice(0, 5).map(exact));
  });
}
