/**
 * Everything that a plan is made of, read now.
 *
 * Invariant: nothing is written, cancelled, told or begun, not even a folder of budgets; what could not be looked at
 * says why, in its place.
 */
import type { Client } from '@temporalio/client';
import type { EngineProcess, HostPorts, VenueAccount } from '../../../activities/ports.js';
import { isFailure } from '../../../activities/errors.js';
import { capabilitiesOf, type Capability } from '../../../activities/procedures/capabilities.js';
import { exposureOf } from '../../../activities/procedures/exposure.js';
import { limitsLoaded } from '../../../activities/procedures/reading/limits.js';
import { lookAtMarket } from '../../../activities/procedures/reading/market.js';
import { guardianStatusOf } from '../../../clients/temporal/recoveries.js';
import { accountKey } from '../../../workflows/domain/books/keys.js';
import { readableVenues } from '../../../workflows/domain/books/snapshot.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import type { MarketVerdict } from '../../../workflows/domain/policy/market.js';
import type { Exposure } from '../../../workflows/domain/policy/risk.js';
import type { LimitsFound } from '../../../workflows/domain/readiness/planned.js';
import { together } from '../../../workflows/domain/reconciliation/wallets.js';
import type { GuardianStatus } from '../../../workflows/messages.js';
import { composeHost } from '../../compose/host.js';
import { composeVenuesToLook } from '../../compose/venues.js';
import { closuresOf, engineOf, hostOf } from '../../config/engines.js';
import type { Config, EngineConfig } from '../../config/schema.js';
import { engineWords } from '../trouble-words.js';
import { whyOf } from '../why.js';
import { booksOf, type Books } from './books.js';

/** What could be looked at, or why not. */
export type Looked<T> = { found: T } | { why: string };

export function foundIn<T>(look: Looked<T>): T | null {
  return 'found' in look ? look.found : null;
}

export interface Gathered {
  config: Config;
  engineId: string;
  engine: EngineConfig;
  living: Looked<EngineProcess[]>;
  killSwitch: Looked<{ engaged: boolean; reason: string }>;
  /** Null in it: it never had one. */
  guardian: Looked<GuardianStatus | null>;
  books: Books;
  /** What its control has beside the part that each has. */
  offers: Looked<Capability[]>;
  /** Null: the engine does not live, so that nobody can tell them yet. */
  limits: Looked<LimitsFound> | null;
  exposure: Looked<Exposure>;
  market: MarketVerdict;
}

export async function gather(
  config: Config,
  engineId: string,
  client: () => Promise<Client>,
): Promise<Gathered> {
  const engine = engineOf(config, engineId);
  const host = composeHost(config, { mustEnd: true });
  const accounts = composeVenuesToLook(config).ofEngine(engineId);
  const elsewhere = whyElsewhere(config, engine);
  const here = async <T>(look: () => Promise<T>, words?: (error: unknown) => string) =>
    elsewhere === null ? looked(look, words) : { why: elsewhere };
  const [living, killSwitch, guardian] = await Promise.all([
    here(async () => host.processes.ofEngine(engineId)),
    here(async () => host.fence.killSwitch(engineId)),
    looked(async () => guardianStatusOf(await client(), engineId), whyNoGuardian),
  ]);
  const lives = foundIn(living)?.length !== 0;
  const [books, market, limits] = await Promise.all([
    booksOf({ config, engineId, accounts, live: lives, elsewhere }),
    marketNow(config, engine, accounts),
    lives ? here(async () => limitsOf(host, engineId, engine), limitWords(engine)) : null,
  ]);
  const offers = await looked(async () => capabilitiesOf(host.control(engineId)));
  const exposure = await looked(async () => exposureIn(books, accounts, engine));
  const around = { config, engineId, engine, living, killSwitch, guardian };
  return { ...around, books, offers, limits, exposure, market };
}

function whyElsewhere(config: Config, engine: EngineConfig): string | null {
  const host = hostOf(config, engine);
  return host === config.host ? null : `it lives on ${host}: run relight plan there`;
}

async function looked<T>(
  look: () => Promise<T>,
  words: (error: unknown) => string = whyOf,
): Promise<Looked<T>> {
  try {
    return { found: await look() };
  } catch (error) {
    return { why: words(error) };
  }
}

/** Its text is the transport's or ours, and names an address at most. */
function whyNoGuardian(error: unknown): string {
  return error instanceof Error && !isFailure(error) ? error.message : whyOf(error);
}

async function limitsOf(
  host: HostPorts,
  engineId: string,
  { policy }: EngineConfig,
): Promise<LimitsFound> {
  return limitsLoaded(host.control(engineId), policy.risk.limits);
}

function limitWords(engine: EngineConfig): (error: unknown) => string {
  return (error) => engineWords(engine, error);
}

async function marketNow(
  config: Config,
  { policy }: EngineConfig,
  accounts: readonly VenueAccount[],
): Promise<MarketVerdict> {
  const { windowMs, maxVolatility } = policy.market;
  const rules = { nowMs: Date.now(), windowMs, maxVolatility };
  return lookAtMarket(accounts, { closures: closuresOf(config) }, rules);
}

/** Of the state that would boot, and where there is none to compare with, of what the venues say. */
async function exposureIn(
  { compared, snapshot }: Books,
  accounts: readonly VenueAccount[],
  engine: EngineConfig,
): Promise<Exposure> {
  const venues = readableVenues(snapshot);
  const read = new Set(venues.map(accountKey));
  const told = {
    ...emptyState(),
    positions: venues.flatMap(({ positions }) => positions),
    balances: venues.flatMap(together),
  };
  const asked = accounts.filter((account) => read.has(accountKey(account)));
  return exposureOf(compared?.state ?? told, asked, engine);
}
