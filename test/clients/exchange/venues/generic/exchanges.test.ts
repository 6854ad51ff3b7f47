/** Every exchange of the installed ccxt that has no adapter of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGeneric } from '../../../../../clients/exchange/venues/index.js';
import {
  genericProfile,
  missingCapabilities,
} from '../../../../../clients/exchange/venues/generic/profile.js';
import { openOrdersOf } from '../../../../../clients/exchange/venues/generic/orders.js';
import { orderPage } from '../../../../../clients/exchange/venues/generic/terms.js';
import { buildExchange } from '../../../../../clients/exchange/connection/connection.js';
import { KNOWN_VENUES } from '../../../../../clients/exchange/index.js';
import { kindOf } from '../../../../../clients/exchange/connection/market-kind.js';
import { createVenueAccount } from '../../../../../clients/exchange/account/venue-account.js';
import { settingsOf, stubbed } from '../../stubbed.js';

const place = { venue: 'any', account: 'main' };
const OTHERS = KNOWN_VENUES.filter(isGeneric);

for (const instrument of ['BTC/USDT', 'BTC/USDT:USDT', 'BTC/USD:BTC']) {
  test(`every exchange is made for ${instrument}, or refused with what it lacks`, () => {
    let made = 0;
    for (const ccxtId of OTHERS) {
      const settings = settingsOf(ccxtId, [instrument]);
      const missing = missingCapabilities(buildExchange(settings, genericProfile), [instrument]);
      if (missing.length === 0) {
        made += 1;
        assert.ok(createVenueAccount(settings).blindSpots.length > 0, ccxtId);
      } else {
        const lacks = `${ccxtId}: ccxt's ${ccxtId} lacks ${missing.join(', ')}`;
        assert.throws(() => createVenueAccount(settings), { message: lacks });
      }
    }
    assert.ok(made > 20, `${made}`);
  });
}

/** ccxt has no limit to pass on for these: they give all at once. */
const UNPAGED = new Set(
  'backpack bequant binancecoinm cryptocom fmfwio hitbtc luno weex'.split(' '),
);
/** They want a portfolio or a sub-account first. */
const ASKS_MORE = new Set(['bullish', 'coinbaseinternational']);

test('the length of a page of orders that is checked is the one that is asked for', async () => {
  let checked = 0;
  for (const instrument of ['BTC/USDT', 'BTC/USDT:USDT']) {
    for (const ccxtId of OTHERS) {
      const exchange = buildExchange(settingsOf(ccxtId, [instrument]), genericProfile);
      if (missingCapabilities(exchange, [instrument]).length > 0 || ASKS_MORE.has(ccxtId)) continue;
      const { limit } = orderPage(exchange, instrument);
      if (limit === undefined || UNPAGED.has(ccxtId)) continue;
      const made = stubbed(ccxtId, { [instrument]: 'BTC-USDT' }, () => []);
      // What ccxt makes of these answers is no matter here.
      await openOrdersOf({ exchange: made.exchange, place, instruments: [] }, instrument).catch(
        String,
      );
      const values = made.sent.flatMap(({ params }) => Object.values(params).map(String));
      assert.ok(values.includes(String(limit)), `${ccxtId} ${kindOf(instrument).type}: ${limit}`);
      checked += 1;
    }
  }
  assert.ok(checked > 30, `${checked}`);
});
