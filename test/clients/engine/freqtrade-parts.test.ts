/** What a freqtrade bot may answer, and what is made of it: servers that answer as it does. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { createFreqtradeControl } from '../../../clients/engine/freqtrade/index.js';
import { stateDifferences } from '../../../workflows/domain/engine/held-state.js';
import { completedState } from '../../../workflows/domain/engine/told-partly.js';
import { emptyState, type EngineState, type Order } from '../../../workflows/domain/books/state.js';

const NOW_MS = 1_800_000_000_000;
const PING = '{"status":"pong"}';
const place = { venue: 'binance', account: 'main' };

type Answers = Record<string, string | { status: number; text: string }>;

/** Notes what was posted. */
async function botThat(t: TestContext, answers: Answers) {
  const posted: string[] = [];
  let terminated = 0;
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/api/v1/', '');
    if (request.method === 'POST') posted.push(path);
    const answer = answers[path] ?? '{}';
    const { status, text } = typeof answer === 'string' ? { status: 200, text: answer } : answer;
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => server.close());
  const control = createFreqtradeControl({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    login: 'bot:very-secret-word',
    timeoutMs: 2_000,
    launch: {
      engineId: 'bot',
      start: ['true'],
      workingFolder: '/',
      logFile: '/x',
      environment: {},
    },
    account: place,
    wanted: { dryRun: false, loopWithinMs: 60_000 },
    terminate: async () => void (terminated += 1),
    nowMs: () => NOW_MS,
  });
  return { control, posted, terminated: () => terminated };
}

const config = (state: string, isDry = false) =>
  JSON.stringify({ state, runmode: isDry ? 'dry_run' : 'live', dry_run: isDry });
const loop = (agoMs: number | null) =>
  `{"last_process_ts":${agoMs === null ? 'null' : (NOW_MS - agoMs) / 1000}}`;

const HEALTHS: [
  name: string,
  state: string,
  agoMs: number | null,
  healthy: boolean,
  hard: boolean,
][] = [
  ['waits', 'stopped', null, true, false],
  ['runs', 'running', 1_000, true, false],
  ['is paused', 'paused', 1_000, true, false],
  ['hangs', 'running', 61_000, false, false],
  ['was stopped', 'stopped', 5_000, false, true],
  ['has not looped yet', 'running', null, false, false],
];

for (const [name, state, agoMs, healthy, hard] of HEALTHS) {
  test(`a bot that ${name} is ${healthy ? 'well' : 'ill'}`, async (t) => {
    const answers = { ping: PING, health: loop(agoMs), show_config: config(state) };
    const { control } = await botThat(t, answers);
    const quick = await control.quickHealth();
    assert.deepEqual([quick.healthy, quick.hard, quick.instanceId], [healthy, hard, null]);
    const whole = await control.comprehensiveHealth?.();
    assert.equal(whole?.healthy, healthy);
    assert.equal(whole?.trading, state !== 'stopped');
  });
}

test('a dry run is no bot that trades', async (t) => {
  const answers = { ping: PING, health: loop(1), show_config: config('running', true) };
  const { control } = await botThat(t, answers);
  const failed = (await control.comprehensiveHealth?.())?.checks.filter(({ ok }) => !ok);
  assert.deepEqual(
    failed?.map(({ name }) => name),
    ['run mode'],
  );
});

const trade = (orders: string, amount = '0.01666') =>
  `[{"trade_id":7,"pair":"BTC/USDT","amount":${amount},"is_short":false,"trading_mode":"spot","orders":[${orders}]}]`;
const STOP =
  '{"order_id":"31","ft_order_side":"stoploss","order_type":"limit","safe_price":56430.1,' +
  '"amount":0.01666,"filled":0.0,"is_open":true}';
const DONE = STOP.replace('"31"', '"30"').replace('"is_open":true', '"is_open":false');
const WALLET =
  '{"currencies":[{"currency":"BTC","balance":1000.0166433400000001,"is_position":false},' +
  '{"currency":"XRP","balance":1e-05},{"currency":"BTC/USDT:USDT","balance":1.0,"is_position":true}]}';

test('figures are the text that was written, and only what is open is told', async (t) => {
  const { control } = await botThat(t, { status: trade(`${DONE},${STOP}`), balance: WALLET });
  const { state } = (await control.state?.()) ?? {};
  assert.deepEqual(state?.balances, [
    { ...place, asset: 'BTC', total: '1000.0166433400000001' },
    { ...place, asset: 'XRP', total: '0.00001' },
  ]);
  assert.deepEqual(state?.orders, [
    {
      ...place,
      instrument: 'BTC/USDT',
      clientOrderId: 'venue:31',
      venueOrderId: '31',
      side: 'sell',
      type: 'limit',
      price: '56430.1',
      quantity: '0.01666',
      filled: '0.0',
      state: 'open',
      conditional: true,
    },
  ]);
});

test('each open trade is looked at again, by its number', async (t) => {
  const { control, posted } = await botThat(t, { status: trade(STOP) });
  await control.sync({ epoch: 1, idempotencyKey: 'k' });
  assert.deepEqual(posted, ['trades/7/reload']);
});

test('a stop is an order to the loop and a signal, also where the loop does not answer', async (t) => {
  const stamp = { epoch: 1, idempotencyKey: 'k' };
  const well = await botThat(t, {});
  await well.control.shutdown('graceful', stamp);
  assert.deepEqual([well.posted, well.terminated()], [['stop'], 1]);
  const hung = await botThat(t, { stop: { status: 503, text: '{}' } });
  await hung.control.shutdown('graceful', stamp);
  assert.equal(hung.terminated(), 1);
  const refusing = await botThat(t, { stop: { status: 401, text: '{}' } });
  await assert.rejects(refusing.control.shutdown('graceful', stamp), /does not know this login/);
  assert.equal(refusing.terminated(), 0);
});

test('what is outside its interface is no answer, and a failure tells no login', async (t) => {
  const text = '{"error":"Could not find trade with id 7, bot:very-secret-word"}';
  const { control } = await botThat(t, {
    status: '{"a":1}',
    balance: WALLET,
    pause: { status: 502, text },
  });
  await assert.rejects(control.state?.() ?? Promise.resolve(), /outside its interface/);
  await assert.rejects(
    async () => control.enableStrategies?.('low', { epoch: 1, idempotencyKey: 'k' }),
    (error: unknown) =>
      isFailure(error, 'EngineRefused') &&
      error.message.includes('Could not find trade') &&
      !error.message.includes('very-secret-word'),
  );
});

test('trading is granted once its loop has run', async (t) => {
  let looks = 0;
  const { control, posted } = await botThat(t, {
    get health() {
      looks += 1;
      return loop(looks < 3 ? null : 0);
    },
  });
  await control.enableStrategies?.('medium', { epoch: 1, idempotencyKey: 'k' });
  assert.deepEqual([posted, looks], [['pause'], 3]);
});

const known: Order = {
  ...place,
  instrument: 'BTC/USDT',
  clientOrderId: 'x-TKT5PX2F75c3',
  venueOrderId: '31',
  side: 'sell',
  type: 'limit',
  price: '56430.1',
  quantity: '0.01666',
  filled: '0',
  state: 'open',
  conditional: true,
  triggerPrice: '57000',
};
const recovered: EngineState = {
  ...emptyState(),
  balances: [
    { ...place, asset: 'BTC', total: '1000.01664334' },
    { ...place, asset: 'XRP', total: '0.00001' },
  ],
  orders: [known],
  risk: { dailyPnl: '-3', breakerLatched: false },
};

async function differing(t: TestContext, orders: string, expected = recovered): Promise<string[]> {
  const { control } = await botThat(t, { status: trade(orders), balance: WALLET });
  const told = (await control.state?.())?.state ?? emptyState();
  return stateDifferences(completedState(told, expected), expected);
}

test('an order is compared by the venue id: equal, otherwise, unknown to the bot, unknown to us', async (t) => {
  assert.deepEqual(await differing(t, STOP), []);
  assert.deepEqual(await differing(t, STOP.replace('"amount":0.01666', '"amount":0.02')), [
    'order x-TKT5PX2F75c3 at binance: quantity 0.02, expected 0.01666',
  ]);
  assert.deepEqual(await differing(t, DONE), ['order x-TKT5PX2F75c3 at binance: not held']);
  const foreign = await differing(t, `${STOP},${STOP.replace('"31"', '"32"')}`);
  assert.deepEqual(foreign, ['order venue:32 at binance: held, and not in the recovered state']);
});

test('a float is the exact figure that it stands for, and no other', async (t) => {
  const btc = (total: string) => ({ ...place, asset: 'BTC', total });
  const xrp = { ...place, asset: 'XRP', total: '0.00001' };
  const holding = (total: string) => ({ ...recovered, balances: [btc(total), xrp] });
  assert.deepEqual(await differing(t, STOP, holding('1000.0166433400000002')), []);
  assert.equal((await differing(t, STOP, holding('1000.01664335'))).length, 1);
});
