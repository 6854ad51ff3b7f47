/** Step 8. Volatility from one-minute candles, and whether the venues are open for orders. */
import { Context } from '@temporalio/activity';
import type { MarketInput } from '../../workflows/contract/index.js';
import {
  judgeMarket,
  realisedVolatility,
  type MarketFacts,
  type MarketVerdict,
  type VenueStatus,
} from '../../workflows/domain/policy/market.js';
import { isFailure } from '../errors.js';
import type { ControlPlanePorts, VenueAccount } from '../ports.js';

export function createMarketActivities(ports: ControlPlanePorts) {
  const look = async (input: MarketInput): Promise<MarketVerdict> =>
    judgeMarket(
      await readMarket(ports.venues.ofEngine(input.engineId), input.windowMs),
      input.maxVolatility,
    );
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

async function readMarket(accounts: VenueAccount[], windowMs: number): Promise<MarketFacts> {
  const readings = await Promise.all(
    accounts.map(async (account) => ({
      status: { venue: account.venue, status: await statusOf(account) },
      volatility: await volatilityOf(account, windowMs),
    })),
  );
  return {
    statuses: readings.map(({ status }) => status),
    volatility: readings.flatMap(({ volatility }) => volatility),
  };
}

async function statusOf(account: VenueAccount): Promise<VenueStatus> {
  return account.status().catch((error: unknown) => {
    if (isFailure(error)) return 'unknown';
    throw error;
  });
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
