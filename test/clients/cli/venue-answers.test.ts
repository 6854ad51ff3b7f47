/** What a trader reads of the venues, and how commands end where a venue could not be read. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type {
  OrderRow,
  OrdersAnswer,
  PositionsAnswer,
} from '../../../clients/cli/answers/schemas.js';
import { order, position } from '../../workflows/domain/builders.js';
import { run } from './run.js';

const AWAY = [{ venue: 'kraken', why: 'VenueUnreadable: timed out' }];
const HELD: PositionsAnswer = {
  engineId: 'desk',
  takenAtMs: 1,
  positions: [
    {
      ...position(),
      mark: null,
      notional: null,
      notionalAsset: 'USDT',
      unrealizedPnl: null,
      pnlAsset: 'USDT',
    },
  ],
  balances: [],
  exposure: { total: '0', unpriced: [], setting: null },
  unreadable: [],
  unlisted: [],
  leftApart: [],
};

function row(change: Partial<OrderRow> = {}): OrderRow {
  return {
    ...order(),
    remaining: '2',
    ours: true,
    mark: '61000',
    fromMark: '-0.016393',
    ...change,
  };
}

const STOP = row({
  clientOrderId: 'x',
  type: 'stop_market',
  conditional: true,
  price: null,
  quantity: '0',
  remaining: '0',
  triggerPrice: '50000',
  reduceOnly: true,
  positionSide: 'long',
  ours: false,
  mark: null,
  fromMark: null,
});
const OPEN: OrdersAnswer = {
  engineId: 'desk',
  takenAtMs: 1,
  orders: [row(), STOP],
  unreadable: [],
  unlisted: [],
  leftApart: [],
};

async function ordersOf(t: TestContext, ...orders: OrderRow[]): Promise<string[]> {
  const { stdout } = await run(t, { orders: async () => ({ ...OPEN, orders }) }, 'orders');
  return stdout.split('\n').slice(0, orders.length + 1);
}

test('a configured instrument that the venue does not list is said, with the remedy', async (t) => {
  const unlisted = [{ venue: 'kraken', instrument: 'XBT/USD' }];
  const positions = async () => ({ ...HELD, unlisted });
  const orders = async () => ({ ...OPEN, unlisted });
  for (const command of ['positions', 'orders']) {
    const { stderr, code } = await run(t, { positions, orders }, command);
    assert.equal(stderr, 'kraken does not list XBT/USD: check venues.kraken.instruments\n');
    assert.equal(code, 0);
  }
});

test('what a recovery would ask about for want of a price is said, with the setting to write', async (t) => {
  const setting = 'engines.desk.harmless: ["binance|NFT"]';
  const exposure = { total: '7', unpriced: ['binance NFT', 'binance SOL'], setting };
  const { stderr, code } = await run(
    t,
    { positions: async () => ({ ...HELD, exposure }) },
    'positions',
  );
  assert.equal(
    stderr,
    'no price for binance NFT, binance SOL: a recovery would ask\n' +
      `what no market prices is declared harmless by ${setting}\n`,
  );
  assert.equal(code, 0);
  const unread = await run(
    t,
    { positions: async () => ({ ...HELD, exposure: null }) },
    'positions',
  );
  assert.equal(unread.stderr, 'prices COULD NOT BE READ: exposure is unknown\n');
});

test('a venue that could not be read is said, and the command says that it cannot tell', async (t) => {
  const positions = async () => ({ ...HELD, positions: [], unreadable: AWAY });
  const { stdout, stderr, code } = await run(t, { positions }, 'positions');
  assert.match(stderr, /kraken COULD NOT BE READ, unknown: VenueUnreadable: timed out/);
  assert.match(stdout, /0 positions, 0 balances where it could be read/);
  assert.equal(code, 5);
  const orders = async () => ({ ...OPEN, orders: [], unreadable: AWAY });
  assert.equal((await run(t, { orders }, 'orders')).code, 5);
});

test('positions without a price are worth something unknown, not nothing', async (t) => {
  const { stdout, code } = await run(t, { positions: async () => HELD }, 'positions');
  assert.match(stdout, /gamma +BTC\/USDT:USDT +net +2 +60000 +unknown +unknown +unknown/);
  assert.equal(code, 0);
});

test('money is rounded for the eye, quantities never, and a coin is not cash', async (t) => {
  const answer: PositionsAnswer = {
    ...HELD,
    positions: [
      {
        ...position({ side: 'short', quantity: '-0.12345678' }),
        mark: '61000.5',
        notional: '-7530.925333839',
        notionalAsset: 'USDT',
        unrealizedPnl: '-123.51851039',
        pnlAsset: 'USDT',
      },
      {
        ...position({ instrument: 'BTC/USD:BTC', quantity: '100' }),
        mark: '61000.5',
        notional: '100',
        notionalAsset: 'USD',
        unrealizedPnl: '0.00002732',
        pnlAsset: 'BTC',
      },
    ],
    balances: [
      {
        venue: 'alpha',
        account: 'main',
        asset: 'USDT',
        total: '1234567.891',
        mark: '1',
        notional: '1234567.891',
        notionalAsset: 'USDT',
      },
      {
        venue: 'alpha',
        account: 'main',
        asset: 'XYZ',
        total: '5',
        mark: null,
        notional: null,
        notionalAsset: null,
      },
    ],
  };
  const { stdout } = await run(t, { positions: async () => answer }, 'positions');
  assert.match(stdout, /short +-0\.12345678 +60000 +61000\.5 +-7,530\.93 USDT +-123\.52 USDT/);
  assert.match(stdout, /BTC\/USD:BTC +net +100 .* 100\.00 USD +0\.00002732 BTC/);
  assert.match(stdout, /USDT +1234567\.891 +1 +1,234,567\.89 USDT/);
  assert.match(stdout, /XYZ +5 +- +-/);
  const json = await run(t, { positions: async () => answer }, 'positions', '--json');
  assert.deepEqual(JSON.parse(json.stdout), answer, 'exact in JSON');
});

test('orders show whose they are, how far away, and what closes a whole position', async (t) => {
  const { stdout, code } = await run(t, { orders: async () => OPEN }, 'orders');
  assert.match(stdout, /buy +limit +- +2 +60000 +- +-1\.64 % +ours +mine-1/);
  assert.match(stdout, /stop_market, waits +closes long +whole +market +50000 +- +other +x/);
  assert.match(stdout, /desk: 1 order of ours, 1 of others/);
  assert.equal(code, 0);
});

test('what is left stands first, the whole only where some of it is filled', async (t) => {
  const [head, cells] = await ordersOf(t, row());
  assert.match(head ?? '', /type +remaining +price +from mark +whose +client id/);
  assert.match(cells ?? '', /limit +2 +60000 /);
  const [, partly] = await ordersOf(t, row({ quantity: '2.5', filled: '0.5' }));
  assert.match(partly ?? '', /limit +2 +2\.5 +60000 /);
});

test('orders stand by venue, instrument, side and price, those without a price last', async (t) => {
  const trailing = row({ clientOrderId: 'trails', price: null, side: 'sell' });
  const sorted = [
    row({ clientOrderId: 'a', price: '999' }),
    row({ clientOrderId: 'b', price: '60000' }),
    { ...STOP, clientOrderId: 'c', side: 'sell' as const, triggerPrice: '50000' },
    row({ clientOrderId: 'd', side: 'sell', price: '100000' }),
    trailing,
    row({ clientOrderId: 'e', instrument: 'ETH/USDT', price: '1' }),
    row({ clientOrderId: 'f', venue: 'beta', price: '1' }),
  ];
  const names = ['a', 'b', 'c', 'd', 'trails', 'e', 'f'];
  for (const orders of [sorted, sorted.toReversed()]) {
    const [, ...rows] = await ordersOf(t, ...orders);
    assert.deepEqual(
      rows.map((cells) => cells.trimEnd().split(' ').at(-1)),
      names,
    );
  }
});

test('a table of ordinary orders fits in 140 columns', async (t) => {
  const clientOrderId = 'rl-mm1-7f3a0000-4c1e-9e11';
  const widest = row({ venue: 'binanceusdm', instrument: 'BTC/USDT:USDT', clientOrderId });
  const rows = await ordersOf(t, widest, { ...STOP, clientOrderId, venue: 'binanceusdm' });
  const width = Math.max(...rows.map((cells) => cells.length));
  assert.ok(width <= 140, `${width} columns`);
});

test('--json is what the operation gave, and nothing else', async (t) => {
  const { stdout } = await run(t, { orders: async () => OPEN }, 'orders', '--json');
  assert.deepEqual(JSON.parse(stdout), OPEN);
});
