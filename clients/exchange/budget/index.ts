/**
 * What we may ask of a venue: shared by all workers, agents and commands of this host.
 *
 * Invariants: a place is reserved before a request is sent, and the wait for it happens outside the
 * lock; the wait is bounded, and a longer one fails as "not sent" with the venue's name and how long;
 * what stops something waits behind no queue of reads; a venue's own word to stay away holds every
 * process back; what only uses what is spare begins when all that it has asked is paid back at its small
 * share of the limit, and others leave room.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OurWords } from '../answers/own-words.js';
import { banned, EMPTY, owing, reserve, spareInMs, type Asked } from './bucket.js';
import { bucketFile, type BucketFile } from './bucket-file.js';
import type { Charge, Limits, RequestFacts } from './charge.js';

export type { RequestFacts } from './charge.js';

export interface BudgetSettings {
  /** Where the buckets of this host are. */
  folder: string;
  /** The venue's own word for how much this account may ask; most venues have none. */
  tier: string;
  maxWaitMs: number;
  /** It uses only what is spare, and keeps account of that. */
  spare?: boolean;
}

export interface BudgetOf {
  venue: string;
  ccxt: string;
  apiKey: string;
  /** Where requests go: a limit by address is that of one such place. */
  origin: string;
  limits: Limits;
  msPerCost: number;
}

export interface Budget {
  /** Returns when the request may be sent; fails as `not_sent` where that would take too long. */
  take(request: RequestFacts): Promise<void>;
  /** When what only uses what is spare may ask again; 0: now. */
  spareInMs(): Promise<number>;
  /** The venue has told us to stay away for so long. */
  stayAway(request: RequestFacts, forMs: number): Promise<void>;
}

/** Buckets are named by hashes: a file name must not tell a key. */
export function createBudget(settings: BudgetSettings, of: BudgetOf): Budget {
  const kept = new Map<string, Kept>();
  const keptOf = ({ bucket, scope, limit }: Charge): Kept => {
    const who = scope === 'key' ? of.apiKey : of.origin;
    const hash = createHash('sha256').update(`${of.origin}|${who}`).digest('hex').slice(0, 16);
    const path = join(settings.folder, `${of.ccxt}-${bucket}-${hash}`);
    const known = kept.get(path);
    if (known !== undefined) return known;
    const debt = settings.spare === true ? bucketFile(`${path}-spare.json`, limit) : null;
    const made = { file: bucketFile(`${path}.json`, limit), debt, limit };
    kept.set(path, made);
    return made;
  };
  const { charges, bans = charges } = of.limits;
  const terms = { msPerCost: of.msPerCost, tier: settings.tier };
  return {
    async take(request) {
      const patience = { venue: of.venue, maxWaitMs: settings.maxWaitMs };
      for (const charge of charges(request, terms)) {
        const { file, debt } = keptOf(charge);
        await debt?.change((before) => ({ state: owing(before, charge, Date.now()) }));
        await takeOne(file, { ...charge, urgent: request.urgent }, patience);
      }
    },
    async spareInMs() {
      const waits = Array.from(kept.values(), async ({ file, debt, limit }) => {
        const owed = (await debt?.read()) ?? EMPTY;
        return spareInMs({ owed, shared: await file.read() }, limit, Date.now());
      });
      return Math.max(0, ...(await Promise.all(waits)));
    },
    async stayAway(request, forMs) {
      for (const charge of bans(request, terms)) {
        await keptOf(charge).file.change((before) => ({
          state: banned(before, charge.limit, forMs, Date.now()),
        }));
      }
    },
  };
}

interface Kept {
  file: BucketFile;
  /** Of what only uses what is spare: all that it has asked and not paid back. */
  debt: BucketFile | null;
  limit: Charge['limit'];
}

interface Patience {
  venue: string;
  maxWaitMs: number;
}

async function takeOne(
  file: BucketFile,
  { limit, ...asked }: Charge & Asked,
  patience: Patience,
): Promise<void> {
  const { grant } = await file.change((before) => {
    const place = reserve(before, limit, asked, Date.now());
    // A place that nobody will wait for is not taken.
    return { grant: place, state: place.waitMs > patience.maxWaitMs ? before : place.state };
  });
  if (grant.waitMs > patience.maxWaitMs) throw tooLong(patience.venue, grant);
  if (grant.waitMs === 0) return;
  await delay(grant.waitMs);
  await untilAllowed(file, patience);
}

/** Another process may have been told to stay away while this one waited. */
async function untilAllowed(file: BucketFile, { venue, maxWaitMs }: Patience): Promise<void> {
  const waitMs = (await file.read()).bannedUntilMs - Date.now();
  if (waitMs <= 0) return;
  if (waitMs > maxWaitMs) throw tooLong(venue, { waitMs, banned: true });
  await delay(waitMs);
}

function tooLong(venue: string, { waitMs, banned: isBan }: { waitMs: number; banned: boolean }) {
  const seconds = Math.ceil(waitMs / 1000);
  return new OurWords(
    'not_sent',
    isBan
      ? `${venue} has told us to stay away: banned for ${seconds} s more`
      : `our request budget at ${venue} is used up for ${seconds} s more`,
  );
}
