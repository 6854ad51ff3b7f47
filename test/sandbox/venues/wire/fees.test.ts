/** What the venues tell of their fees: of the account's setting, in trades, in ledgers, in income. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Exchange } from 'ccxt';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { decimal } from '../../../../sandbox/venues/decimal.js';
import { startVenues, type RunningVenues, type VenueId } from '../../../../sandbox/venues/index.js';
import { BTC, connect, exact } from '../connect.js';

let venues: RunningVenues;
let admin: VenueAdmin;

before(async () => {
  venues = await startVenues({ seed: 'fees' });
  admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
  await admin.setPrice({ underlying: 'BTC', price: '60000' });
  await admin.setPrice({ underlying: 'BNB', price: '600' });
});

after(() => venues.close());

type Raw = Record<string, (params: object) => Promise<Record<string, unknown>>>;

const market = (exchange: Exchange, venue: VenueId, side: 'buy' | 'sell', params = {}) =>
  exchange.createOrder(BTC[venue], 'market', side, 0.1, undefined, params);

test('Binance spot: BNB burn is read, switched, and refused if it is no truth', async () => {
  const exchange = connect(venues, 'binance');
  const raw = exchange as unknown as Raw;
  const told = () => raw['sapiGetBnbBurn']?.({});
  const burns = (on: boolean) => ({ spotBNBBurn: on, interestBNBBurn: false });
  assert.deepEqual(await told(), burns(false));
  await admin.transfer({ venue: 'binance', asset: 'BNB', amount: '1' });
  assert.deepEqual(await raw['sapiPostBnbBurn']?.({ spotBNBBurn: 'true' }), burns(true));
  assert.deepEqual(await told(), burns(true));
  await assert.rejects(raw['sapiPostBnbBurn']?.({ spotBNBBurn: 'yes' }) ?? Promise.resolve());
  const order = await market(exchange, 'binance', 'buy');
  const [fill] = (order.info as { fills: { commission: string; commissionAsset: string }[] }).fills;
  assert.deepEqual([fill?.commission, fill?.commissionAsset], ['0.00750000', 'BNB']);
  assert.equal(exact((await exchange.fetchBalance())['BNB']?.total), '0.9925');
});

test('USD-M: fees in BNB leave income of two assets, which add up to both wallets', async () => {
  const venue = 'binanceusdm';
  const exchange = connect(venues, venue);
  const raw = exchange as unknown as Raw;
  await admin.transfer({ venue, asset: 'BNB', amount: '1' });
  await raw['fapiPrivatePostFeeBurn']?.({ feeBurn: 'true' });
  assert.deepEqual(await raw['fapiPrivateGetFeeBurn']?.({}), { feeBurn: true });
  await market(exchange, venue, 'buy');
  await admin.setPrice({ underlying: 'BTC', price: '61000' });
  await market(exchange, venue, 'sell');
  await admin.setPrice({ underlying: 'BTC', price: '60000' });
  const rest = { venue, instrument: BTC[venue], side: 'buy', price: '50000' } as const;
  await admin.placeOrder({ ...rest, quantity: '0.1', clientOrderId: 'rests' });
  await admin.fillOrder({ venue, clientOrderId: 'rests' });
  const rows = await exchange.fetchLedger(undefined, undefined, 1000);
  const sums = new Map<string, ReturnType<typeof decimal>>();
  for (const { info } of rows) {
    const { asset, income } = info as { asset: string; income: string };
    sums.set(asset, (sums.get(asset) ?? decimal('0')).plus(income));
  }
  const { balances } = (await admin.ledger()).venues[venue];
  const totals = Object.fromEntries(
    Object.entries(balances).map(([asset, { total }]) => [asset, total]),
  );
  assert.deepEqual(
    Object.fromEntries([...sums].map(([asset, sum]) => [asset, sum.toFixed()])),
    totals,
  );
  const commissions = rows.map(({ info }) => info as Record<string, string>);
  assert.deepEqual(
    commissions
      .filter(({ incomeType }) => incomeType === 'COMMISSION')
      .map(({ asset, income }) => `${exact(income)} ${asset}`),
    ['-0.0045 BNB', '-0.004575 BNB', '0.25 USDT'],
  );
  const { info } = await exchange.fetchBalance();
  const { assets } = info as { assets: { asset: string; walletBalance: string }[] };
  assert.deepEqual(
    Object.fromEntries(assets.map(({ asset, walletBalance }) => [asset, exact(walletBalance)])),
    totals,
  );
});

interface LedgerRow {
  refid: string;
  asset: string;
  amount: string;
  fee: string;
}

/** The ledger's entries of the newest trade, as the recorded ones have them. */
async function entriesOfNewest(exchange: Exchange) {
  const trade = (await exchange.fetchMyTrades(BTC.kraken)).at(-1);
  const rows = (await exchange.fetchLedger()).map(({ info }) => info as LedgerRow);
  return {
    told: exact((trade?.info as { fee: string } | undefined)?.fee),
    entries: rows
      .filter(({ refid }) => refid === trade?.id)
      .map(({ asset, amount, fee }) => `${asset} ${exact(amount)} fee ${exact(fee)}`)
      .sort(),
  };
}

test('Kraken: trades tell fees in quote, the ledger what was paid, orders their flag', async () => {
  const exchange = connect(venues, 'kraken');
  const flags = async (id: string | undefined) =>
    ((await exchange.fetchOrder(String(id))).info as { oflags: string }).oflags;
  const bought = await market(exchange, 'kraken', 'buy');
  assert.equal(await flags(bought.id), 'fciq');
  assert.deepEqual(await entriesOfNewest(exchange), {
    told: '24',
    entries: ['XXBT 0.1 fee 0', 'ZUSD -6000 fee 24'],
  });
  const sold = await market(exchange, 'kraken', 'sell');
  assert.equal(await flags(sold.id), 'fcib');
  assert.deepEqual(await entriesOfNewest(exchange), {
    told: '24',
    entries: ['XXBT -0.1 fee 0.0004', 'ZUSD 6000 fee 0'],
  });
  await market(exchange, 'kraken', 'sell', { oflags: 'fciq' });
  assert.deepEqual((await entriesOfNewest(exchange)).entries, [
    'XXBT -0.1 fee 0',
    'ZUSD 6000 fee 24',
  ]);
  await assert.rejects(market(exchange, 'kraken', 'buy', { oflags: 'fcib,fciq' }));
});

test('Kraken: credits that pay have a ledger entry of their own', async () => {
  const exchange = connect(venues, 'kraken');
  await admin.transfer({ venue: 'kraken', asset: 'KFEE', amount: '10000' });
  await admin.setFeeSetting({ venue: 'kraken', inCoin: true });
  await market(exchange, 'kraken', 'buy', { oflags: 'fcib' });
  assert.deepEqual(await entriesOfNewest(exchange), {
    told: '24',
    entries: ['KFEE 0 fee 2400', 'XXBT 0.1 fee 0', 'ZUSD -6000 fee 0'],
  });
  assert.equal(exact((await exchange.fetchBalance())['KFEE']?.total), '7600');
});
