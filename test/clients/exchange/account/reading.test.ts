/** What is read of an account is what the ledger holds, however many pages it takes. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { VENUE_IDS, type VenueId } from '../../../../sandbox/venues/index.js';
import type { VenueAccount } from '../../../../activities/ports.js';
import type { Fill } from '../../../../workflows/domain/books/state.js';
import { INSTRUMENTS, openBench, orderOf, undated, type Bench } from '../bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());

const by =
  <T>(key: (row: T) => string) =>
  (a: T, b: T) =>
    key(a) < key(b) ? -1 : 1;

/** What may pay fees, and enough of it. */
const COINS: Partial<Record<VenueId, readonly [asset: string, amount: string]>> = {
  binance: ['BNB', '1'],
  binanceusdm: ['BNB', '1'],
  kraken: ['KFEE', '100000'],
};

/** As the order or the account asks: in base, then in a coin. */
async function chargeOtherwise(venue: VenueId): Promise<void> {
  const [asset, amount] = COINS[venue] ?? [];
  if (asset === undefined || amount === undefined) return;
  const taken = { type: 'market', quantity: '0.031' } as const;
  await bench.place(venue, { ...taken, id: 'rl-base', feeLeg: 'base' });
  await bench.admin.transfer({ venue, asset, amount });
  await bench.admin.setFeeSetting({ venue, inCoin: true });
  await bench.place(venue, { ...taken, id: 'rl-coin' });
}

const CHARGED_IN: Readonly<Record<VenueId, readonly string[]>> = {
  binance: ['BNB', 'BTC', 'USDT'],
  binanceusdm: ['BNB', 'USDT'],
  coinbase: ['USD'],
  kraken: ['BTC', 'ETH', 'KFEE', 'USD'],
  krakenfutures: ['USD'],
};

const PERPETUAL: readonly VenueId[] = ['binanceusdm', 'krakenfutures'];

/** What the ledger's journal says of a venue's fills, in our words. */
async function ledgerFills(venue: VenueId): Promise<Fill[]> {
  const rows = await bench.fills(venue);
  return rows.map((row) => ({
    venue,
    account: 'main',
    instrument: row.instrument,
    tradeId: row.venueTradeId,
    venueOrderId: row.venueOrderId,
    side: row.side,
    quantity: row.quantity,
    price: row.price,
    fee: { asset: row.feeAsset, amount: row.fee },
    realizedPnl: PERPETUAL.includes(venue) ? row.realizedPnl : null,
    timeMs: row.timeMs,
  }));
}

async function assertFillsAgree(account: VenueAccount, venue: VenueId, sinceMs = 0) {
  const read = (await account.fillsSince(sinceMs)).rows.sort(by(({ tradeId }) => tradeId));
  const truth = (await ledgerFills(venue)).filter(({ timeMs }) => timeMs >= sinceMs);
  assert.deepEqual(read, truth.sort(by(({ tradeId }) => tradeId)));
}

for (const venue of VENUE_IDS) {
  const { btc, eth } = INSTRUMENTS[venue];

  describe(`${venue}, read by an account`, () => {
    let account: VenueAccount;
    before(async () => {
      account = bench.account(venue);
      await bench.place(venue, { id: 'rl-fill', price: '40123.41', quantity: '0.123' });
      await bench.admin.fillOrder({ venue, clientOrderId: 'rl-fill' });
      await bench.place(venue, { id: 'rl-sell', instrument: eth, side: 'sell', price: '4017.77' });
      await bench.admin.fillOrder({ venue, clientOrderId: 'rl-sell', quantity: '0.017' });
      await bench.place(venue, { id: 'rl-part', price: '40001.07', quantity: '0.051' });
      await bench.admin.fillOrder({ venue, clientOrderId: 'rl-part', quantity: '0.013' });
      await bench.place(venue, { id: 'rl-rests', instrument: eth, price: '1999.99' });
      await bench.place(venue, { quantity: '0.02' });
      await chargeOtherwise(venue);
    });

    test('gives the open orders of the ledger to the last digit', async () => {
      const { openOrders } = (await bench.admin.ledger()).venues[venue];
      const truth = openOrders.map((row) => orderOf(venue, row));
      const read = await account.openOrders();
      const sorted = by<(typeof read)[number]>(({ clientOrderId }) => clientOrderId);
      assert.equal(truth.length, 4);
      assert.deepEqual(read.sort(sorted), truth.sort(sorted));
    });

    test('gives the fills of the journal to the last digit', async () => {
      const charged = (await bench.fills(venue)).map(({ feeAsset }) => feeAsset);
      assert.deepEqual([...new Set(charged)].sort(), CHARGED_IN[venue]);
      await assertFillsAgree(account, venue);
    });

    test('gives no fill from before the time that was asked for', async () => {
      const rows = await ledgerFills(venue);
      await assertFillsAgree(account, venue, rows[1]?.timeMs);
      assert.deepEqual((await account.fillsSince(Date.now() + 60_000)).rows, []);
    });

    test('gives the total balances of the ledger, holds included', async () => {
      const { balances } = (await bench.admin.ledger()).venues[venue];
      const truth = Object.entries(balances)
        .filter(([, { total }]) => total !== '0')
        .map(([asset, { total }]) => ({ venue, account: 'main', asset, total }));
      assert.ok(Object.values(balances).some(({ used }) => used !== '0'));
      const read = undated(await account.balances());
      assert.deepEqual(read.sort(by(({ asset }) => asset)), truth);
    });

    test('gives the positions of the ledger, and none for a spot account', async () => {
      const { positions } = (await bench.admin.ledger()).venues[venue];
      const truth = positions.map((row) => ({ venue, account: 'main', ...row }));
      const read = undated(await account.positions()).sort(by(({ instrument }) => instrument));
      assert.deepEqual(read, truth);
      assert.deepEqual(
        read.map(({ instrument }) => instrument),
        PERPETUAL.includes(venue) ? [btc, eth] : [],
      );
    });
  });
}

/** One more than the page that the client asks for, or that the venue gives. */
const MORE_THAN_A_PAGE = {
  binance: 501,
  binanceusdm: 501,
  coinbase: 251,
  kraken: 101,
  krakenfutures: 101,
} as const;

for (const [venue, count] of Object.entries(MORE_THAN_A_PAGE) as [VenueId, number][]) {
  test(`gives all of ${count} fills of ${venue}, which is more than a page`, async () => {
    await bench.place(venue, { id: 'rl-many', quantity: '2' });
    for (let i = 0; i < count; i += 1) {
      await bench.admin.fillOrder({ venue, clientOrderId: 'rl-many', quantity: '0.001' });
    }
    await assertFillsAgree(bench.account(venue, { timeoutMs: 5_000 }), venue);
  });
}

test('gives all of 251 open orders of coinbase, which pages them by the hundred', async () => {
  for (let i = 0; i < 251; i += 1) await bench.place('coinbase', { quantity: '0.001' });
  const { openOrders } = (await bench.admin.ledger()).venues.coinbase;
  const read = await bench.account('coinbase', { timeoutMs: 5_000 }).openOrders();
  const ids = (rows: readonly { venueOrderId: string | null }[]) =>
    rows.map(({ venueOrderId }) => venueOrderId ?? '').sort(by((id) => id));
  assert.deepEqual(ids(read), ids(openOrders));
});
