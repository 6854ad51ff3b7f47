/** Long numbers of answers, however they are laid out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildExchange } from '../../../../clients/exchange/connection/connection.js';
import { venueOf } from '../../../../clients/exchange/venues/index.js';
import { settingsOf } from '../stubbed.js';

const ID = '8389766036995847940';

for (const ccxtId of ['binance', 'gate', 'deribit']) {
  test(`${ccxtId}: an id keeps its digits with spaces around it, and in a list`, () => {
    const exchange = buildExchange(settingsOf(ccxtId, ['BTC/USDT']), venueOf(ccxtId).profile);
    const parsed = (body: string) => exchange.parseJson(body) as unknown;
    assert.deepEqual(parsed(`{"orderId":${ID}}`), { orderId: ID });
    assert.deepEqual(parsed(`{\n  "orderId" : ${ID} ,\n  "n" : 1\n}`), { orderId: ID, n: 1 });
    assert.deepEqual(parsed(`[[${ID}, -${ID}, "x"]]`), [[ID, `-${ID}`, 'x']]);
    const text = `a \\": ${ID}, b`;
    assert.deepEqual(parsed(`{"note": "${text}", "id": ${ID}}`), {
      note: `a ": ${ID}, b`,
      id: ID,
    });
  });
}
