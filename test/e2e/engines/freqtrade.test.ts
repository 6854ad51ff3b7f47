/**
 * A real freqtrade bot, killed with a position, a stop and a resting order that fills while it is dead: recovered
 * to full trading. The ledger of the venue and the process table say what came of it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { followRecovery, openedRecovery } from '../../../sandbox/demo/follow.js';
import { until } from '../../../sandbox/demo/processes.js';
import { canonical } from '../../../workflows/domain/numbers/decimal.js';
import {
  entries,
  fill,
  ledger,
  ledgerOrders,
  openAt,
  toldOrders,
} from '../../clients/engine/freqtrade-looks.js';
import type { Bot } from '../../clients/engine/freqtrade-rig.js';
import { freqtrade } from '../../needs.js';
import { assertNothingTwice } from '../house.js';
import { freqtradeWorld } from './freqtrade-world.js';

const bot = freqtrade();
const options = 'why' in bot ? { skip: bot.why } : { timeout: 400_000 };
const program = 'program' in bot ? bot.program : '';

type Here = Awaited<ReturnType<typeof freqtradeWorld>>;

/** A person has started it, and it trades: it holds BTC with its stop, and bids for ETH. Gives its pid. */
async function trading({ bot: one, watched, untilInShadow }: Here) {
  await until('the bot answers', async () =>
    (await one.control.quickHealth()).healthy ? true : null,
  );
  await one.control.enableStrategies?.('all', { epoch: 1, idempotencyKey: 'a person' });
  await fill(one, await openAt(one, 'BTC/USDT', 'buy'));
  const stop = await openAt(one, 'BTC/USDT', 'sell');
  const resting = await openAt(one, 'ETH/USDT', 'buy');
  const pid = await until('the agent watches it', async () => (await watched())?.pid ?? null);
  await untilInShadow([stop.venueOrderId, resting.venueOrderId]);
  return { pid, stop, resting };
}

async function wallet(one: Bot) {
  const rows = (await one.control.state?.())?.state.balances ?? [];
  return Object.fromEntries(rows.map(({ asset, total }) => [asset, canonical(total)]));
}

async function held(one: Bot) {
  const rows = Object.entries((await ledger(one)).balances);
  return Object.fromEntries(
    rows.flatMap(([asset, { total }]) => (total === '0' ? [] : [[asset, total]])),
  );
}

const ASKED = ['unverified_state', 'instruction'];

/** What else is asked shows that something went wrong. */
function asksNoMore(gates: readonly { kind: string; question: string }[]): void {
  const asked = gates.map(({ kind }) => kind);
  assert.deepEqual(asked, ASKED.slice(0, asked.length), gates.at(-1)?.question);
}

/** A person answers what is asked, signed. */
async function recovered(here: Here, t: TestContext, before: string | null) {
  const { world } = here;
  const workflowId = await until('its recovery is opened', async () => {
    const opened = await openedRecovery(world);
    return opened === before ? null : opened;
  });
  const say = (line: string) => t.diagnostic(line);
  const record = await followRecovery(world, workflowId, {
    leaveOpen: [],
    say,
    boundMs: 240_000,
    onLook: async ({ gates }) => asksNoMore(gates),
  });
  assert.equal(record.outcome, 'recovered', JSON.stringify(record, null, 2));
  assert.equal(record.gates.length, ASKED.length);
  const detailOf = (step: string) => record.steps.findLast(({ name }) => name === step)?.detail;
  assert.match(detailOf('load_state') ?? '', /^shadow checkpoint, /);
  assert.match(detailOf('start') ?? '', /; state equal; UNVERIFIED: trigger prices of stops, /);
  assert.match(detailOf('risk') ?? '', /^risk limits: NOT OFFERED, .*, and none is demanded; /);
  assert.deepEqual(
    record.ramp.map(({ percent, strategies }) => `${percent} ${strategies}`),
    ['50 low', '100 all'],
  );
  assert.match(
    record.ramp[0]?.note ?? '',
    /^see that stake_amount .*: confirmed by .*, not verified/,
  );
  return { workflowId, record };
}

/** One process, which is watched; what it tells is the ledger, and no order was sent twice. */
async function assertTradesOn({ bot: one, watched, world }: Here, killed: number) {
  const [started, ...others] = await one.processes.ofEngine(one.engineId);
  assert.ok(started !== undefined && started.pid !== killed);
  assert.deepEqual(others, []);
  assert.match(readFileSync(`/proc/${started.pid}/cmdline`, 'utf8'), /freqtrade\0trade/);
  await until('it is watched', async () => ((await watched())?.pid === started.pid ? true : null));
  await until('the bot tells what the ledger has', async () => {
    const [told, kept] = [await toldOrders(one), await ledgerOrders(one)];
    return JSON.stringify(told) === JSON.stringify(kept) ? true : null;
  });
  assert.deepEqual(await wallet(one), await held(one));
  await assertNothingTwice(world);
  return started.pid;
}

async function openIds(one: Bot): Promise<string[]> {
  return (await ledger(one)).openOrders.map(({ venueOrderId }) => venueOrderId);
}

test('a bot that was killed trades on, twice, and nothing is placed twice', options, async (t) => {
  const here = await freqtradeWorld(t, program);
  const { bot: one } = here;
  const { pid, stop, resting } = await trading(here);
  process.kill(pid, 'SIGKILL');
  await fill(one, resting);
  const first = await recovered(here, t, null);
  const { still_open: stillOpen, filled, unknown } = first.record.orders?.counts ?? {};
  assert.deepEqual([stillOpen, filled, unknown], [1, 1, 0]);
  const second = await openAt(one, 'ETH/USDT', 'sell');
  const next = await assertTradesOn(here, pid);
  assert.deepEqual(new Set(await openIds(one)), new Set([stop.venueOrderId, second.venueOrderId]));
  assert.deepEqual((await entries(one)).toSorted(), ONCE);

  await here.untilInShadow([stop.venueOrderId, second.venueOrderId]);
  process.kill(next, 'SIGKILL');
  await one.admin.setPrice({ underlying: 'BTC', price: stop.trigger?.price ?? '' });
  await until('the stop has closed', async () =>
    (await openIds(one)).includes(stop.venueOrderId) ? null : true,
  );
  const again = await recovered(here, t, first.workflowId);
  assert.equal(again.record.orders?.counts.filled, 1);
  await assertTradesOn(here, next);
  assert.ok((await openIds(one)).includes(second.venueOrderId), 'the other stop is there');
  const sold = (await entries(one)).filter((entry) => entry.endsWith('sell'));
  assert.deepEqual(sold.toSorted(), ['BTC/USDT sell', 'ETH/USDT sell']);
});

const ONCE = ['BTC/USDT buy', 'BTC/USDT sell', 'ETH/USDT buy', 'ETH/USDT sell'];
