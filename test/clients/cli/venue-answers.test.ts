/** What a trader reads of the venues, and how commands end where a venue could not be read. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type {
  Operations,
  OrdersAnswer,
  PositionsAnswer,
  WatchPass,
} from '../../../clients/cli/operations.js';
import { createProgram } from '../../../clients/cli/program.js';
import { order, position } from '../../workflows/domain/builders.js';

async function run(t: TestContext, operations: Partial<Operations>, ...args: string[]) {
  const said = { stdout: '', stderr: '' };
  const capture = (stream: 'stdout' | 'stderr') =>
    t.mock.method(process[stream], 'write', (text: unknown) => {
      said[stream] += String(text);
      return true;
    });
  const captured = [capture('stdout'), capture('stderr')];
  const program = createProgram({
    operations: () =>
      ({ engines: () => ['desk'], close: async () => undefined, ...operations }) as Operations,
    services: () => assert.fail('no service was asked for'),
    isConfigError: () => false,
    isUnreachable: () => false,
  });
  try {
    await program.parseAsync(['node', 'relight', ...args]);
    return { ...said, code: process.exitCode };
  } finally {
    process.exitCode = 0;
    for (const { mock } of captured) mock.restore();
  }
}

const AWAY = [{ venue: 'kraken', why: 'VenueUnreadable: timed out' }];
const HELD: PositionsAnswer = {
  engineId: 'desk',
  takenAtMs: 1,
  positions: [{ ...position(), mark: null, notional: null, unrealizedPnl: null }],
  balances: [],
  unreadable: [],
};
const OPEN: OrdersAnswer = {
  engineId: 'desk',
  takenAtMs: 1,
  orders: [
    { ...order(), ours: true, mark: '61000', fromMark: '-0.016393' },
    {
      ...order({
        clientOrderId: 'x',
        type: 'stop_market',
        price: null,
        quantity: '0',
      }),
      triggerPrice: '50000',
      reduceOnly: true,
      ours: false,
      mark: null,
      fromMark: null,
    },
  ],
  unreadable: [],
};

test('a venue that could not be read is said, and the command says no', async (t) => {
  const positions = async () => ({ ...HELD, positions: [], unreadable: AWAY });
  const { stdout, stderr, code } = await run(t, { positions }, 'positions');
  assert.match(stderr, /kraken COULD NOT BE READ, unknown: VenueUnreadable: timed out/);
  assert.match(stdout, /0 position\(s\), 0 balance\(s\) where it could be read/);
  assert.equal(code, 3);
  const orders = async () => ({ ...OPEN, orders: [], unreadable: AWAY });
  assert.equal((await run(t, { orders }, 'orders')).code, 3);
});

test('positions without a price are worth something unknown, not nothing', async (t) => {
  const { stdout, code } = await run(t, { positions: async () => HELD }, 'positions');
  assert.match(stdout, /gamma +BTC\/USDT:USDT +net +2 +60000 +unknown +unknown +unknown/);
  assert.equal(code, 0);
});

test('orders show whose they are, how far away, and what closes a whole position', async (t) => {
  const { stdout, code } = await run(t, { orders: async () => OPEN }, 'orders');
  assert.match(stdout, /buy +limit +2 +0 +60000 +- +-1\.6393 % +ours +mine-1/);
  assert.match(stdout, /stop_market +whole position +0 +market +50000 +- +other +x/);
  assert.match(stdout, /desk: 1 order\(s\) of ours, 1 of others/);
  assert.equal(code, 0);
});

test('--json is what the operation gave, and nothing else', async (t) => {
  const { stdout } = await run(t, { orders: async () => OPEN }, 'orders', '--json');
  assert.deepEqual(JSON.parse(stdout), OPEN);
});

test('watch prints every pass, and ends with no where an alarm is open', async (t) => {
  const counts = { match: 3, explained: 1, unexplained: 1, unknown: 0 };
  const pass: WatchPass = {
    atMs: 0,
    engineId: 'desk',
    source: 'live engine',
    counts,
    raised: ['alpha BTC'],
    cleared: [],
    open: ['alpha BTC'],
  };
  const watch: Operations['watch'] = async (_engineId, { everyMs, onPass }) => {
    assert.equal(everyMs, 5_000);
    onPass(pass);
    return pass.open;
  };
  const { stdout, code } = await run(t, { watch }, 'watch', '--every', '5');
  assert.match(stdout, /1970-01-01T00:00:00.000Z {2}ALARM {4}alpha BTC/);
  assert.match(stdout, /3 equal, 1 explained, 1 unexplained, 0 unknown; 1 alarm\(s\) open/);
  assert.equal(code, 3);
  const json = await run(t, { watch }, 'watch', '--every', '5', '--json');
  assert.deepEqual(JSON.parse(json.stdout), pass);
});

test('an interval that is none is refused, and names the remedy', async (t) => {
  const { stderr, code } = await run(t, {}, 'watch', '--every', 'often');
  assert.match(stderr, /--every is "often": give a number of seconds, 1 or more/);
  assert.equal(code, 2);
});
