/** Whether the venues are open for orders, and how their prices have moved, from one-minute candles. */
import {
  judgeMarket,
  realisedVolatility,
  type MarketFacts,
  type MarketStatus,
  type MarketVerdict,
} from '../../../workflows/domain/policy/market.js';
import { isClosed, type Closure } from '../../../workflows/domain/policy/calendar.js';
import { isFailure } from '../../errors.js';
import type { EngineFacts, VenueAccount } from '../../ports.js';

/** What could not be read is unknown in the verdict. */
export async function lookAtMarket(
  accounts: readonly VenueAccount[],
  { closures = {} }: Pick<EngineFacts, 'closures'>,
  { nowMs, windowMs, maxVolatility }: { nowMs: number; windowMs: number; maxVolatility: string },
): Promise<MarketVerdict> {
  const readings = accounts.map(async (account) => ({
    statuses: await statusesOf(account, closures[account.venue] ?? [], nowMs),
    volatility: await volatilityOf(account, windowMs),
  }));
  return judgeMarket(factsOf(await Promise.all(readings)), maxVolatility);
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
