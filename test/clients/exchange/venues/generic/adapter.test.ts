/** Venues without an adapter of their own, by way of one that ccxt has and the sandbox speaks. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ccxt } from '../../../../../clients/exchange/connection/ccxt.js';
import { KNOWN_VENUES } from '../../../../../clients/exchange/index.js';
import { mayBeCut } from '../../../../../clients/exchange/venues/adapter.js';
import { readFailure } from '../../../../../clients/exchange/answers/failures.js';
import { GENERIC_WORDS } from '../../../../../clients/exchange/venues/generic/words.js';
import { isFailure } from '../../../../../activities/errors.js';
import { openBench, rejectsAs, undated, type Bench } from '../../bench.js';
import { openTwist } from '../../answers/twist.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());

const like = { ccxt: 'binanceus', timeoutMs: 5_000 };

test('a configuration knows every exchange of the installed ccxt', () => {
  assert.deepEqual([...KNOWN_VENUES].toSorted(), ccxt.exchanges.toSorted());
});

test('what a venue cannot do is named when the account is made', () => {
  const refusals: [string, string[], RegExp][] = [
    ['bithumb', ['BTC/KRW'], /lacks fetchMyTrades$/],
    ['hyperliquid', ['BTC/USDC:USDC'], /a way to be given its privateKey, .*walletAddress$/],
    ['bitvavo', ['BTC/EUR:EUR'], /lacks swap markets, fetchPositions$/],
    ['coinbase', ['BTC/USD:USD'], /the adapter for coinbase reads no BTC\/USD:USD$/],
    ['no-such', ['BTC/USD'], /ccxt has no exchange "no-such"$/],
  ];
  for (const [id, instruments, why] of refusals) {
    assert.throws(
      () => bench.account('binance', { ccxt: id, instruments }),
      (error: unknown) => isFailure(error, 'VenueRefused') && why.test(error.message),
      id,
    );
  }
});

test('it reads what the adapter of its own kind reads', async () => {
  const venue = 'binance';
  await bench.place(venue, { id: 'rl-open' });
  await bench.place(venue, { id: 'rl-filled', quantity: '0.2' });
  await bench.admin.fillOrder({ venue, clientOrderId: 'rl-filled', quantity: '0.07' });
  const [own, generic] = [bench.account(venue), bench.account(venue, like)];
  const sinceMs = Date.now() - 600_000;
  assert.deepEqual(await generic.openOrders(), await own.openOrders());
  assert.deepEqual(await generic.balances(), undated(await own.balances()));
  assert.deepEqual(await generic.positions(), []);
  assert.deepEqual((await generic.fillsSince(sinceMs)).rows, (await own.fillsSince(sinceMs)).rows);
  assert.deepEqual(await generic.marks(), await own.marks());
  assert.deepEqual(await generic.instrumentSpecs(), await own.instrumentSpecs());
  assert.equal(await generic.cashFlowsSince(0), null);
  assert.equal(await generic.armDeadManSwitch(1_000), false);
});

test('it looks orders up, and never says that one was never there', async () => {
  const venue = 'binance';
  const account = bench.account(venue, like);
  const order = await bench.place(venue, { id: 'rl-sought' });
  const unnamed = { ...order, venueOrderId: null };
  assert.deepEqual(await account.lookUp(order), { outcome: 'found', order });
  assert.deepEqual(await account.lookUp(unnamed), { outcome: 'found', order });
  await account.cancel(order);
  const cancelled = { outcome: 'closed', status: 'cancelled', filled: '0' };
  assert.deepEqual(await account.lookUp(order), cancelled);
  assert.deepEqual(await account.lookUp(unnamed), cancelled);
  const lost = await account.lookUp({ ...unnamed, clientOrderId: 'rl-lost' });
  assert.equal(lost.outcome, 'unreadable');
});

test('it believes that there is nothing only when that is said twice', async () => {
  const venue = 'binance';
  await bench.place(venue, { id: 'rl-there' });
  const twist = await openTwist(bench.venues.urls[venue]);
  const account = bench.account(venue, { ...like, url: twist.url });
  await account.marks();
  let times = 0;
  const onceEmpty = (body: unknown) => {
    times += 1;
    return times === 1 ? [] : body;
  };
  twist.on('/openOrders', onceEmpty);
  assert.ok((await account.openOrders()).length > 0);
  twist.off();
  twist.on('/openOrders', () => ({}));
  await rejectsAs(account.openOrders(), ['VenueUnreadable']);
  twist.close();
});

test('a venue that leaves trades out without a word is found out', async () => {
  const venue = 'binance';
  const atMs = Date.now() - 60_000;
  await bench.place(venue, { id: 'rl-hidden', atMs });
  await bench.admin.fillOrder({ venue, clientOrderId: 'rl-hidden', atMs });
  const twist = await openTwist(bench.venues.urls[venue]);
  const account = bench.account(venue, { ...like, url: twist.url });
  await account.marks();
  let times = 0;
  // Nothing to every question with a start, and all to the one without.
  twist.on('/myTrades', (body) => {
    times += 1;
    return times === 1 ? [] : body;
  });
  await rejectsAs(account.fillsSince(Date.now() - 600_000), ['VenueUnreadable']);
  twist.close();
});

test('why a reading was refused or may be cut is told in our own words', async () => {
  const unlisted = bench.account('binance', { ...like, instruments: ['BTC/UDST'] });
  const refused = await rejectsAs(unlisted.openOrders(), ['VenueRefused']);
  assert.match(refused, /binance: open orders: it lists no BTC\/UDST/);
  const cut = readFailure('binance', 'fills', mayBeCut('fetchMyTrades', 50), GENERIC_WORDS);
  assert.equal(cut.type, 'VenueUnreadable');
  assert.equal(cut.message, 'binance: fills: fetchMyTrades may be cut at 50 rows');
});
