/** Lists of markets that are empty, cut or older than what is held. The oracle is the ledger. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { VENUE_IDS, type VenueId } from '../../../../sandbox/venues/index.js';
import { INSTRUMENTS, openBench, rejectsAs, type Bench } from '../bench.js';
import { openTwist, type Twist } from '../answers/twist.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());
let twist: Twist | null = null;
afterEach(() => twist?.close());

type Row = Record<string, unknown>;

interface Listing {
  path: string;
  /** The list without what names bitcoin; null: an empty one. */
  cut: (body: Row, keeps: ((row: unknown) => boolean) | null) => Row;
}

const list = (key: string, path: string): Listing => ({
  path,
  cut: (body, keeps) => ({
    ...body,
    [key]: keeps === null ? [] : (body[key] as unknown[]).filter(keeps),
  }),
});
const LISTINGS: Record<VenueId, Listing> = {
  binance: list('symbols', '/exchangeInfo'),
  binanceusdm: list('symbols', '/exchangeInfo'),
  coinbase: list('products', '/market/products'),
  kraken: {
    path: '/AssetPairs',
    cut: (body, keeps) => ({
      ...body,
      result: Object.fromEntries(
        Object.entries(body['result'] as Row).filter(([, pair]) => keeps?.(pair) === true),
      ),
    }),
  },
  krakenfutures: list('instruments', '/instruments'),
};

/** Bitcoin is called XBT at Kraken. */
const isOther = (row: unknown) => !/BTC|XBT/i.test(JSON.stringify(row));

for (const venue of VENUE_IDS) {
  const { path, cut } = LISTINGS[venue];

  test(`${venue}: an empty list of markets is no list`, async () => {
    const here = await openTwist(bench.venues.urls[venue]);
    twist = here;
    here.on(path, (body) => cut(body as Row, null));
    const account = bench.account(venue, { url: here.url, timeoutMs: 5_000 });
    await rejectsAs(account.fillsSince(0), ['VenueUnreadable']);
    here.off();
    await account.fillsSince(0);
  });

  test(`${venue}: a list that tells its markets twice tells them once`, async () => {
    const kind = 'duplicate-page';
    await bench.admin.setFault({ venue, endpoint: 'markets', kind, count: 1 });
    const account = bench.account(venue, { timeoutMs: 5_000 });
    const order = await bench.place(venue, { id: 'rl-listed-twice' });
    assert.ok((await account.openOrders()).some((one) => one.venueOrderId === order.venueOrderId));
    const found = await account.lookUp(order);
    assert.equal(found.outcome, 'found');
    await account.cancel(order);
  });

  test(`${venue}: what is held and not listed fails the reading, and gets no other name`, async () => {
    await bench.place(venue, { id: 'rl-unlisted' });
    await bench.place(venue, { type: 'market', quantity: '0.01' });
    const here = await openTwist(bench.venues.urls[venue]);
    twist = here;
    here.on(path, (body) => cut(body as Row, isOther));
    const account = bench.account(venue, { url: here.url, timeoutMs: 5_000 });
    const said = await rejectsAs(account.openOrders(), ['VenueUnreadable']);
    assert.match(said, /order row without a valid symbol/);
    if (venue === 'binanceusdm' || venue === 'krakenfutures') {
      await rejectsAs(account.positions(), ['VenueUnreadable']);
    }
    assert.deepEqual(
      (await account.instrumentSpecs()).map(({ instrument }) => instrument),
      [INSTRUMENTS[venue].eth],
    );
  });
}
