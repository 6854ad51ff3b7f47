/** A freqtrade bot as an engine: the real process on the simulated Binance; the ledger is the oracle. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonical } from '../../../workflows/domain/numbers/decimal.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { freqtrade } from '../../needs.js';
import { BOT, createBot, type Bot } from './freqtrade-rig.js';
import { entries, fill, ledger, ledgerOrders, openAt, toldOrders } from './freqtrade-looks.js';

const bot = freqtrade();
const options = 'why' in bot ? { skip: bot.why } : { timeout: 120_000 };
const program = 'program' in bot ? bot.program : '';

const stamp = (epoch: number) => ({ epoch, idempotencyKey: `key-${epoch}` });

async function startBot({ control }: Bot, epoch: number): Promise<void> {
  await control.start({ instanceId: `bot-${epoch}`, statePath: '/dev/null', ...stamp(epoch) });
  await eventually('the bot is ready', async () => (await control.quickHealth()).healthy);
}

const gone = ({ processes }: Bot) =>
  eventually('the bot has ended', async () => (await processes.ofEngine(BOT)).length === 0);

async function kill(one: Bot): Promise<void> {
  const [running] = await one.processes.ofEngine(BOT);
  if (running === undefined) throw new Error('no process of the bot is seen');
  await one.processes.kill(running, 'SIGKILL');
  await gone(one);
}

test('a bot is started, asked, killed, brought up to date and stopped', options, async (t) => {
  const one = await createBot(t, program);
  const { control } = one;
  await startBot(one, 1);
  const waiting = await control.comprehensiveHealth?.();
  assert.deepEqual([waiting?.healthy, waiting?.trading], [true, false]);
  assert.deepEqual(await toldOrders(one), []);

  await control.enableStrategies?.('all', stamp(1));
  await fill(one, await openAt(one, 'BTC/USDT', 'buy'));
  await openAt(one, 'BTC/USDT', 'sell');
  const resting = await openAt(one, 'ETH/USDT', 'buy');
  await eventually('both orders are told', async () => (await toldOrders(one)).length === 2);
  assert.deepEqual(await toldOrders(one), await ledgerOrders(one));
  const { state, untold } = (await control.state?.()) ?? {};
  const { balances } = await ledger(one);
  const totals = (state?.balances ?? []).map(({ asset, total }) => [asset, canonical(total)]);
  for (const [asset = '', total] of totals) assert.equal(total, balances[asset]?.total, asset);
  assert.deepEqual(
    new Set(totals.map(([asset]) => asset)),
    new Set(Object.keys(balances).filter((asset) => balances[asset]?.total !== '0')),
  );
  assert.ok(untold?.includes('trigger prices of stops'));
  assert.equal((await control.comprehensiveHealth?.())?.trading, true);

  await kill(one);
  await fill(one, resting);
  await startBot(one, 2);
  assert.equal((await toldOrders(one)).length, 2, 'it believes its database');
  const before = await entries(one);
  await control.sync(stamp(1));
  assert.deepEqual(await toldOrders(one), await ledgerOrders(one));
  assert.deepEqual(await entries(one), before, 'to look again places nothing');

  await control.enableStrategies?.('low', stamp(2));
  await openAt(one, 'ETH/USDT', 'sell');
  await control.enableStrategies?.('all', stamp(2));
  await eventually('it runs', async () => {
    const health = await control.quickHealth();
    return health.healthy && health.note === 'running';
  });
  assert.deepEqual((await entries(one)).sort(), [
    'BTC/USDT buy',
    'BTC/USDT sell',
    'ETH/USDT buy',
    'ETH/USDT sell',
  ]);

  await control.shutdown('graceful', stamp(2));
  await gone(one);
  const left = (await ledger(one)).openOrders.map(({ side, trigger }) => [side, trigger?.kind]);
  assert.deepEqual(left, [
    ['sell', 'stop'],
    ['sell', 'stop'],
  ]);
});
