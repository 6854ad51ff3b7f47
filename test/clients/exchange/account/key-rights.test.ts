/** What the venues tell of a key, in their own words; what is no such answer tells nothing. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openBench, rejectsAs, type Bench } from '../bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());
afterEach(() => bench.admin.clearFaults());

const TELLING = ['binance', 'binanceusdm', 'coinbase', 'kraken'] as const;

for (const venue of TELLING) {
  test(`${venue} tells whether the key may cancel, and whether it may withdraw`, async () => {
    for (const trade of [true, false]) {
      for (const withdraw of [true, false]) {
        await bench.admin.setKeyRights({ venue, trade, withdraw });
        const told = await bench.account(venue).keyRights?.();
        assert.deepEqual(told, { cancel: trade, withdraw });
      }
    }
  });

  test(`${venue}: an answer without the rights in it is none`, async () => {
    for (const kind of ['empty-object', 'truncated-json', 'server-error'] as const) {
      await bench.admin.setFault({ venue, endpoint: 'keyRights', kind });
      const read = bench.account(venue, { timeoutMs: 5_000 }).keyRights?.() ?? Promise.resolve();
      await rejectsAs(read, ['VenueUnreadable']);
      await bench.admin.clearFaults();
    }
  });
}

/** Well-formed but for the rights themselves. */
const WITHOUT_RIGHTS = {
  binance: ['apiRestrictions', { ipRestrict: false, enableReading: true }],
  coinbase: ['key_permissions', { can_view: true, can_trade: true }],
  kraken: ['GetApiKeyInfo', { error: [], result: { apiKeyName: 'desk' } }],
} as const;

for (const [venue, [path, body]] of Object.entries(WITHOUT_RIGHTS)) {
  test(`${venue}: rights that are not in the answer are not taken for none`, async () => {
    const account = bench.account(venue as keyof typeof WITHOUT_RIGHTS, {
      timeoutMs: 5_000,
      fetch: async (url, request) =>
        url.includes(path) ? new Response(JSON.stringify(body)) : fetch(url, request),
    });
    const why = await rejectsAs(account.keyRights?.() ?? Promise.resolve(), ['VenueUnreadable']);
    assert.match(why, /malformed_answer/);
  });
}

test('a venue of which nobody has read how it tells them tells nothing', async () => {
  assert.equal(await bench.account('krakenfutures').keyRights?.(), null);
});
