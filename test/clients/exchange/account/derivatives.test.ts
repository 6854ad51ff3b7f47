/** Hedge mode, margin, forced closes, cash flows and old fills, against the venues' own ledger. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import type { CashFlow, Fill } from '../../../../workflows/domain/books/state.js';
import { INSTRUMENTS, openBench, undated, type Bench } from '../bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
  await bench.admin.setPrice({ underlying: 'BTC', price: '60000' });
  await bench.admin.setPrice({ underlying: 'ETH', price: '3000' });
});
after(() => bench.venues.close());

const DAY_MS = 86_400_000;
const recently = () => Date.now() - 600_000;

async function positionsInLedger(venue: VenueId) {
  const { positions } = (await bench.admin.ledger()).venues[venue];
  return positions.map((row) => ({
    venue,
    account: 'main',
    ...row,
    instrument: row.instrument.replace('@margin', ''),
  }));
}

const by =
  <T>(key: (row: T) => string) =>
  (a: T, b: T) =>
    key(a) < key(b) ? -1 : 1;
const bySide = by(({ side }: { side: string }) => side);

describe('hedge mode at binanceusdm', () => {
  const venue = 'binanceusdm';
  before(async () => {
    await bench.admin.setPositionMode({ venue, mode: 'hedge' });
    const market = { type: 'market', instrument: INSTRUMENTS[venue].btc } as const;
    await bench.place(venue, { ...market, side: 'buy', positionSide: 'long', quantity: '0.5' });
    await bench.place(venue, { ...market, side: 'sell', positionSide: 'short', quantity: '0.3' });
    await bench.place(venue, { id: 'rl-out', side: 'sell', price: '61000', positionSide: 'long' });
  });

  test('gives both sides of an instrument, each with its price', async () => {
    const read = undated(await bench.account(venue).positions());
    assert.deepEqual(read.toSorted(bySide), (await positionsInLedger(venue)).toSorted(bySide));
    assert.deepEqual(
      read.toSorted(bySide).map(({ side, quantity }) => [side, quantity]),
      [
        ['long', '0.5'],
        ['short', '-0.3'],
      ],
    );
  });

  test('names the side of fills and of orders', async () => {
    const account = bench.account(venue);
    const { rows } = await account.fillsSince(recently());
    assert.deepEqual(
      rows.map(({ side, positionSide }) => [side, positionSide]),
      [
        ['buy', 'long'],
        ['sell', 'short'],
      ],
    );
    const [order] = await account.openOrders();
    assert.equal(order?.positionSide, 'long');
  });

  test('tells what the venue forced', async () => {
    const { btc } = INSTRUMENTS[venue];
    const forced = { venue, instrument: btc, quantity: '0.1', price: '55000' } as const;
    await bench.admin.liquidate({ ...forced, positionSide: 'long', cause: 'liquidation' });
    await bench.admin.liquidate({ ...forced, positionSide: 'short', cause: 'deleveraging' });
    const { rows } = await bench.account(venue).fillsSince(recently());
    assert.deepEqual(
      rows.map((fill) => fill.forced),
      [undefined, undefined, 'liquidation', 'deleveraging'],
    );
  });
});

describe('margin at kraken', () => {
  const venue = 'kraken';
  const instrument = 'BTC/USD@margin';
  before(async () => {
    const market = { type: 'market', instrument } as const;
    await bench.place(venue, { ...market, side: 'sell', quantity: '0.8' });
    await bench.admin.setPrice({ underlying: 'BTC', price: '61000' });
    await bench.place(venue, { ...market, side: 'sell', quantity: '0.4' });
    await bench.place(venue, { ...market, side: 'buy', quantity: '0.3' });
    await bench.place(venue, { side: 'buy', quantity: '0.01', type: 'market' });
  });

  test('is what is left open, at what it was opened for', async () => {
    const read = undated(await bench.account(venue).positions());
    assert.deepEqual(read, await positionsInLedger(venue));
    assert.deepEqual(
      read.map(({ quantity, side }) => [quantity, side]),
      [['-0.9', 'net']],
    );
  });

  test('fills name the position that they move, and what closing earned', async () => {
    const { rows } = await bench.account(venue).fillsSince(recently());
    const truth = await bench.fills(venue);
    const told = new Map(rows.map((fill) => [fill.tradeId, fill]));
    for (const fill of truth) {
      const { positionSide, realizedPnl } = told.get(fill.venueTradeId) ?? assert.fail();
      const closes = fill.realizedPnl !== '0';
      assert.equal(positionSide, fill.instrument === instrument ? 'net' : undefined);
      assert.equal(realizedPnl, closes ? fill.realizedPnl : null);
    }
    assert.equal(rows.length, 4);
  });

  test('tells a liquidation', async () => {
    await bench.admin.liquidate({ venue, instrument, quantity: '0.2', cause: 'liquidation' });
    const { rows } = await bench.account(venue).fillsSince(recently());
    assert.equal(rows.filter(({ forced }) => forced === 'liquidation').length, 1);
  });
});

test('a liquidation at krakenfutures is told by its fill', async () => {
  const venue = 'krakenfutures';
  await bench.place(venue, { type: 'market', quantity: '0.5' });
  const forced = { venue, instrument: INSTRUMENTS[venue].btc, quantity: '0.2' } as const;
  await bench.admin.liquidate({ ...forced, cause: 'liquidation' });
  await bench.admin.liquidate({ ...forced, cause: 'deleveraging' });
  const { rows } = await bench.account(venue).fillsSince(recently());
  assert.deepEqual(
    rows.toSorted((a, b) => a.timeMs - b.timeMs).map((fill) => fill.forced),
    [undefined, 'liquidation', 'deleveraging'],
  );
});

/** What the ledger did to balances beside fills, in the venue's own grain. */
async function flowsInLedger(venue: VenueId): Promise<string[]> {
  return amounts((await bench.admin.ledger()).venues[venue].cashFlows);
}

const amounts = (flows: readonly Pick<CashFlow, 'asset' | 'amount'>[]) =>
  flows.map(({ asset, amount }) => `${amount} ${asset}`).toSorted(by((text) => text));

for (const venue of ['binance', 'binanceusdm', 'kraken', 'krakenfutures'] as const) {
  test(`cash flows of ${venue} are those of the ledger, and each has an id of its own`, async () => {
    const asset = venue.startsWith('kraken') ? 'USD' : 'USDT';
    await bench.admin.transfer({ venue, asset, amount: '1234.5' });
    await bench.admin.transfer({ venue, asset, amount: '-34.25' });
    if (venue !== 'binance') {
      const instrument = venue === 'kraken' ? 'BTC/USD@margin' : INSTRUMENTS[venue].btc;
      await bench.admin.fund({ venue, instrument, rate: '0.0001' });
      await bench.admin.recordCashFlow({ venue, flow: 'fee', asset, amount: '-1.5' });
      await bench.admin.recordCashFlow({ venue, flow: 'interest', asset, amount: '0.75' });
    }
    const flows = await bench.account(venue).cashFlowsSince(0);
    assert.ok(flows);
    assert.deepEqual(amounts(flows.rows), await flowsInLedger(venue));
    assert.equal(new Set(flows.rows.map(({ id }) => id)).size, flows.rows.length);
    assert.ok(flows.rows.some(({ kind }) => kind === 'transfer'));
    if (venue !== 'binance') {
      assert.ok(flows.rows.some(({ kind }) => kind === 'funding' || kind === 'interest'));
    }
    assert.deepEqual((await bench.account(venue).cashFlowsSince(Date.now() + 60_000))?.rows, []);
  });
}

test('coinbase tells no cash flows, and says so', async () => {
  assert.equal(await bench.account('coinbase').cashFlowsSince(0), null);
});

describe('fills of months ago', () => {
  /** How far back each venue is asked, in days, with fills spread over it. */
  const AGES: Record<VenueId, number[]> = {
    binance: [1, 30, 170, 400],
    binanceusdm: [1, 8, 30, 95, 170],
    coinbase: [1, 30, 170, 400],
    kraken: [1, 30, 170, 400],
    krakenfutures: [1, 30, 170, 400],
  };
  for (const [venue, ages] of Object.entries(AGES) as [VenueId, number[]][]) {
    test(`are read at ${venue}`, async () => {
      const instrument = INSTRUMENTS[venue].eth;
      const ids: string[] = [];
      for (const [index, age] of [...ages].toSorted((a, b) => b - a).entries()) {
        const atMs = Date.now() - age * DAY_MS;
        const id = `rl-old-${index}`;
        const positionSide = venue === 'binanceusdm' ? 'long' : 'net';
        const terms = { instrument, price: '1000', quantity: '0.01', positionSide } as const;
        await bench.place(venue, { id, ...terms, atMs });
        await bench.admin.fillOrder({ venue, clientOrderId: id, atMs });
        ids.push(id);
      }
      const sinceMs = Date.now() - (Math.max(...ages) + 1) * DAY_MS;
      const { rows, fromMs } = await bench.account(venue).fillsSince(sinceMs);
      assert.equal(fromMs, sinceMs);
      const truth = (await bench.fills(venue)).filter(({ clientOrderId }) =>
        ids.includes(clientOrderId ?? ''),
      );
      const read = (fill: Fill) => rows.some(({ tradeId }) => tradeId === fill.tradeId);
      assert.equal(truth.length, ages.length);
      assert.deepEqual(
        truth.map(({ venueTradeId }) => read({ tradeId: venueTradeId } as Fill)),
        ages.map(() => true),
      );
    });
  }

  test('that binanceusdm no longer keeps are owned up to', async () => {
    const sinceMs = Date.now() - 400 * DAY_MS;
    const { fromMs } = await bench.account('binanceusdm').fillsSince(sinceMs);
    assert.ok(fromMs > sinceMs && fromMs < Date.now() - 150 * DAY_MS);
  });
});

test('a look-up at krakenfutures finds what was done long ago', async () => {
  const venue = 'krakenfutures';
  const atMs = Date.now() - 3_600_000;
  const done = await bench.place(venue, { id: 'rl-done', atMs });
  await bench.admin.fillOrder({ venue, clientOrderId: 'rl-done', atMs });
  const filled = { outcome: 'closed', status: 'filled', filled: '0.125' };
  const account = bench.account(venue);
  assert.deepEqual(await account.lookUp(done), filled);
  assert.deepEqual(await account.lookUp({ ...done, venueOrderId: null }), filled);
});

test('specifications come from the markets, of every venue', async () => {
  for (const venue of ['binance', 'binanceusdm', 'coinbase', 'kraken', 'krakenfutures'] as const) {
    const { btc, eth } = INSTRUMENTS[venue];
    const account = bench.account(venue, { instruments: [btc] });
    const specs = await account.instrumentSpecs([eth, 'NO/SUCH']);
    assert.deepEqual(
      specs.map(({ instrument }) => instrument),
      [btc, eth],
      venue,
    );
    for (const spec of specs) {
      assert.match(spec.quantityStep ?? '', /^0\.0*1$/, venue);
      assert.equal(spec.contractSize, '1', venue);
      assert.equal(spec.inverse, false, venue);
    }
  }
});
