/**
 * Each venue with the keys that are configured: whether it answers, what the key may do, whether the clocks agree,
 * whether what is held has a price.
 *
 * Invariant: everything here reads; the reading is that of `relight positions`.
 */
import { faultOf } from '../../../activities/errors.js';
import type { VenueAccount } from '../../../activities/ports.js';
import { PATIENCE } from '../../../activities/procedures/patiently.js';
import { readVenues } from '../../../activities/procedures/read-venues.js';
import { counted } from '../../../workflows/domain/content/counted.js';
import { whyWords } from '../../../workflows/domain/books/fault-words.js';
import { unlistedAmong } from '../../../workflows/domain/books/instruments.js';
import { isFinal, type Why } from '../../../workflows/domain/books/read-fault.js';
import type { ReadableVenue, VenueTruth } from '../../../workflows/domain/books/snapshot.js';
import { containmentOf } from '../../../workflows/domain/policy/policy.js';
import {
  ok,
  unverified,
  warning,
  type Finding,
} from '../../../workflows/domain/readiness/finding.js';
import { judgeRights } from '../../../workflows/domain/readiness/key-rights.js';
import {
  judgeClock,
  judgePrices,
  judgeUnreadable,
} from '../../../workflows/domain/readiness/venue.js';
import { composeAgentAccounts } from '../../compose/containment.js';
import type { Config, EngineConfig } from '../../config/schema.js';
import { secretFolders } from '../../config/secrets.js';
import { hostOf } from '../trouble-words.js';
import { exposureNow } from '../venue-views.js';
import { livingHere, type Check, type Looking, type Part } from './part.js';

interface AtVenue {
  config: Config;
  engineId: string;
  engine: EngineConfig;
  account: VenueAccount;
}

/** Of each engine at each of its venues: what counts as cash, and what by policy is cancelled, is the engine's. */
function eachVenue(looking: Looking, look: (at: AtVenue) => Promise<readonly Finding[]>): Part[] {
  const { config, engines, accountsOf } = looking;
  const touches = touchedBy(config);
  return engines.flatMap(([engineId, engine]) =>
    accountsOf(engineId).map((account) => ({
      subject: `${engineId} ${account.venue}`,
      touches,
      secretsOf: `venues.${account.venue}.`,
      look: () => look({ config, engineId, engine, account }),
    })),
  );
}

/** Budgets, and keys. */
function touchedBy(config: Config): string[] {
  return [config.dataDir, ...secretFolders(config)];
}

const readings = new WeakMap<EngineConfig, Map<VenueAccount, Promise<VenueTruth>>>();

/** Once for all checks of it. */
async function truthOf({ engine, account }: AtVenue): Promise<VenueTruth> {
  const ofEngine = readings.get(engine) ?? new Map<VenueAccount, Promise<VenueTruth>>();
  readings.set(engine, ofEngine);
  const reading = ofEngine.get(account) ?? readOnce(engine, account);
  ofEngine.set(account, reading);
  return reading;
}

async function readOnce(engine: EngineConfig, account: VenueAccount): Promise<VenueTruth> {
  const { cashAssets, orderIdPrefix } = engine;
  const pace = { patience: PATIENCE.optional, beat: () => undefined, nowMs: Date.now };
  const asked = { sinceMs: Date.now(), thorough: true, live: true, cashAssets, orderIdPrefix };
  const [truth] = await readVenues([account], asked, pace);
  if (truth === undefined) throw new Error('one account is one reading');
  return truth;
}

function unread(words: string): Finding[] {
  return [unverified(words, 'see what its reading says')];
}

export const reading: Check = {
  name: 'reading',
  group: 'venue',
  parts: (looking) =>
    eachVenue(looking, async (at) => {
      const truth = await truthOf(at);
      const { venue } = truth;
      if (!truth.readable) return [judgeWhy(truth.why, at)];
      const { orders, positions, balances, instruments } = truth;
      const unlisted = unlistedAmong(at.config.venues[venue]?.instruments ?? [], instruments);
      const what = [
        counted(orders.length, 'open order'),
        counted(positions.length, 'position'),
        counted(balances.length, 'balance'),
      ].join(', ');
      return [
        ok(`it answers with these keys: ${what}`),
        ...unlisted.map((one) =>
          warning(`it does not list ${one}`, `check venues.${venue}.instruments`),
        ),
      ];
    }),
};

function judgeWhy(why: Why, { config, account: { venue } }: AtVenue): Finding {
  const words = whyWords(why, hostOf(config.venues[venue]));
  return judgeUnreadable(words, typeof why !== 'string' && isFinal(why.kind));
}

export const keyRights: Check = {
  name: 'key_rights',
  group: 'venue',
  parts: (looking) => [
    ...eachVenue(looking, async (at) => {
      const { venue } = at.account;
      const contains = containmentOf(at.engine.policy, venue) !== 'none';
      return judgedRights(at, { field: `venues.${venue}`, contains });
    }),
    ...keysOfAgents(looking),
  ],
};

/** With which they contain by themselves. */
function keysOfAgents(looking: Looking): Part[] {
  const { config } = looking;
  return livingHere(looking).flatMap(([engineId, engine]) =>
    composeAgentAccounts(config, engineId).map((account) => {
      const field = `engines.${engineId}.containment.venues.${account.venue}`;
      return {
        subject: `${engineId} ${account.venue} of the agent`,
        touches: touchedBy(config),
        look: () => judgedRights({ config, engineId, engine, account }, { field, contains: true }),
      };
    }),
  );
}

async function judgedRights(
  { config, account }: AtVenue,
  key: { field: string; contains: boolean },
): Promise<Finding[]> {
  try {
    return judgeRights((await account.keyRights?.()) ?? null, key);
  } catch (error) {
    const why = faultOf(error, account.venue);
    const words = whyWords(why, hostOf(config.venues[account.venue]));
    return unread(`what the key may do was not told (${words})`);
  }
}

export const clock: Check = {
  name: 'clock',
  group: 'venue',
  parts: (looking) =>
    eachVenue(looking, async (at) => {
      const truth = await truthOf(at);
      if (!truth.readable) return unread('its clock was not told');
      return [judgeClock(at.account.clockAheadMs?.() ?? null)];
    }),
};

export const prices: Check = {
  name: 'prices',
  group: 'venue',
  parts: (looking) =>
    eachVenue(looking, async (at) => {
      const truth = await truthOf(at);
      return truth.readable
        ? [await judgedPrices(at, truth)]
        : unread('what it holds was not told');
    }),
};

async function judgedPrices(
  { config, engineId, account }: AtVenue,
  truth: ReadableVenue,
): Promise<Finding> {
  const exposure = await exposureNow(config, engineId, [truth], [account]);
  return exposure === null
    ? unverified('its prices could not be read', 'try again: relight positions')
    : judgePrices(exposure, engineId);
}
