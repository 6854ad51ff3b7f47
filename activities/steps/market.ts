/** Step 8. Volatility from one-minute candles, and whether the venues are open for orders. */
import { Context } from '@temporalio/activity';
import type { MarketInput } from '../../workflows/contract/index.js';
import {
  judgeMarket,
  realisedVolatility,
  type MarketFacts,
  type MarketStatus,
  type MarketVerdict,
} from '../../workflows/domain/policy/market.js';
import { isClosed, type Closure } from '../../workflows/domain/policy/calendar.js';
import { isFailure } from '../errors.js';
import type { ControlPlanePorts, VenueAccount } from '../ports.js';
import { serverNowMs } from '../procedures/reading/clock.js';

export function createMarketActivities(ports: ControlPlanePorts) {
  const look = async ({
    engineId,
    windowMs,
    maxVolatility,
  }: MarketInput): Promise<MarketVerdict> => {
    const { closures = {} } = ports.facts(engineId);
    const readings = ports.venues.ofEngine(engineId).map(async (account) => ({
      statuses: await statusesOf(account, closures[account.venue] ?? [], serverNowMs(ports.clock)),
      volatility: await volatilityOf(account, windowMs),
    }));
    return judgeMarket(factsOf(await Promise.all(readings)), maxVolatility);
  };
  return {
    checkMarket: look,

    /** Monitoring mode: returns when no venue is closed any more. */
    async awaitMarketOpen(input: MarketInput & { recheckMs: number }): Promise<MarketVerdict> {
      for (;;) {
        const verdict = await look(input);
        if (verdict.kind !== 'closed') return verdict;
        Context.current().heartbeat(verdict.venues);
        await Context.current().sleep(input.recheckMs);
      }
    },
  };
}

function factsOf(readings: MarketFacts[]): MarketFacts {
  return {
    statuses: readings.flatMap(({ statuses }) => statuses),
    volatility: readings.flatMap(({ volatility }) => volatility),
  };
}

/** By the calendar without asking: during its maintenance a venue may not answer. */
async function statusesOf(
  account: VenueAccount,
  closures: readonly Closure[],
  nowMs: number,
): Promise<MarketFacts['statuses']> {
  const { venue, instruments } = account;
  const shut = instruments.filter((instrument) => isClosed(closures, instrument, nowMs));
  const scheduled = shut.map((instrument) => ({ venue, instrument, status: 'scheduled' as const }));
  if (shut.length === instruments.length) return scheduled;
  const told = await account.status().catch((error: unknown): MarketStatus[] => {
    if (isFailure(error)) return [{ instrument: null, status: 'unknown' }];
    throw error;
  });
  return [...scheduled, ...told.map((one) => ({ venue, ...one }))];
}

async function volatilityOf(account: VenueAccount, windowMs: number) {
  return Promise.all(
    account.instruments.map(async (instrument) => {
      const closes = await account.closes(instrument, windowMs).catch((error: unknown) => {
        if (isFailure(error)) return [];
        throw error;
      });
      return { venue: account.venue, instrument, volatility: realisedVolatility(closes) };
    }),
  );
}
