/**
 * A freqtrade bot as an engine, by its own REST interface (docs/freqtrade.md).
 *
 * Invariants: a part that the bot has no answer for is absent, as limits and a digest are; it boots from its own
 * database, so the state that it is started with is not handed over, and `sync` lets it read each open trade's
 * orders at the venue again; one that was told to trade is looked at once its loop has run; it is stopped by its own
 * order and by SIGTERM, because its stop ends the trading alone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineCapabilities, EngineControl } from '../../../activities/ports.js';
import type { FailureKind } from '../../../workflows/domain/failure.js';
import type { RiskLevel } from '../../../workflows/domain/policy/policy.js';
import type { Account } from '../../../workflows/domain/books/keys.js';
import { Ending, explained } from '../ending.js';
import { launchEngine, type LaunchSettings } from '../launch.js';
import { Health, OpenTrades, Ping, ShownConfig, Wallet } from './answers.js';
import { comprehensiveHealthOf, quickHealthOf, type Seen, type Wanted } from './health.js';
import { createRest, type Rest, type RestSettings } from './rest.js';
import { stateOf, UNTOLD } from './state.js';

export interface FreqtradeSettings extends RestSettings {
  launch: LaunchSettings;
  /** Where it trades: a bot has one exchange. */
  account: Account;
  wanted: Wanted;
  /** Lets its processes end; it has none where nobody sees one. */
  terminate: () => Promise<void>;
  nowMs: () => number;
}

/** Paused, it manages the trades that it has, with their stops, and enters none. */
const ORDERS: Readonly<Record<RiskLevel, string>> = {
  low: 'pause',
  medium: 'pause',
  all: 'start',
};

/** The activity that waits for it has a minute. */
const FIRST_LOOP = { looks: 100, everyMs: 400 };

type FreqtradeControl = EngineControl & Pick<EngineCapabilities, 'sync' | 'shutdown'>;

export function createFreqtradeControl(settings: FreqtradeSettings): FreqtradeControl {
  const { launch, wanted, terminate, nowMs } = settings;
  // A place has more in it, which is no part of an order.
  const account = { venue: settings.account.venue, account: settings.account.account };
  const rest = createRest(settings);
  const ending = new Ending();
  const control: FreqtradeControl = {
    start: async ({ statePath, epoch, instanceId }) => {
      await launchEngine(launch, { state: statePath, epoch, instance: instanceId }, ending);
    },
    ending: async (instanceId) => ending.of(instanceId),
    quickHealth: async () => quickHealthOf(await look(rest, nowMs), wanted),
    comprehensiveHealth: async () => comprehensiveHealthOf(await look(rest, nowMs), wanted),
    state: async () => {
      const trades = await rest.get('status', OpenTrades);
      const wallet = await rest.get('balance', Wallet);
      return { sequence: 0, state: stateOf(account, trades, wallet), untold: UNTOLD };
    },
    sync: () => sync(rest),
    enableStrategies: async (level) => {
      await rest.post(ORDERS[level]);
      await untilLooped(rest);
    },
    shutdown: async () => {
      await stop(rest);
      await terminate();
    },
  };
  return explained(control, ending);
}

async function look(rest: Rest, nowMs: () => number): Promise<Seen> {
  await rest.get('ping', Ping);
  const { last_process_ts: lastS } = await rest.get('health', Health);
  const config = await rest.get('show_config', ShownConfig);
  return { loopMs: lastS === null ? null : Number(lastS) * 1000, config, nowMs: nowMs() };
}

/** Trades of which it knows nothing open are none of its, so each is asked for by its number. */
async function sync(rest: Rest): Promise<void> {
  const trades = await rest.get('status', OpenTrades);
  for (const { trade_id: id } of trades) await rest.post(`trades/${id}/reload`);
}

/** Until its first loop is over nothing says that it runs at all; one that takes longer is for its health to tell. */
async function untilLooped(rest: Rest): Promise<void> {
  for (let looks = 0; looks < FIRST_LOOP.looks; looks += 1) {
    const { last_process_ts: lastS } = await rest.get('health', Health);
    if (lastS !== null) return;
    await sleep(FIRST_LOOP.everyMs);
  }
}

/** Whoever does not answer is ended all the same. */
async function stop(rest: Rest): Promise<void> {
  try {
    await rest.post('stop');
  } catch (error) {
    if ((error as { type?: FailureKind }).type !== 'EngineUnreachable') throw error;
  }
}
