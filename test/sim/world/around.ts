/** What all processes of a world share: nothing of it is the memory of one of them. */
import type { WorkflowCreator } from '@temporalio/worker/lib/workflow/interface.js';
import type { EngineVenueId } from '../../../sandbox/venues/index.js';
import type { RuleSource, VenueAccount } from '../../../activities/ports.js';
import { createVenueAccount } from '../../../clients/exchange/account/venue-account.js';
import type { Messages } from '../../../clients/temporal/messages/index.js';
import type { TestKeys } from '../../workflows/fakes/keys.js';
import type { Random } from '../time/random.js';
import { Service } from '../temporal/service.js';
import type { SimulatedServer } from '../temporal/server.js';
import type { Clocks, ProcessClock } from './clocks.js';
import type { Facts } from './facts.js';
import type { Activities, Interference } from '../faults/interference.js';
import type { Arrive } from '../worker/worker.js';
import { inLife, type Life } from './life.js';
import type { MachineDisk } from './machine/machine-disk.js';
import type { Points } from './points.js';
import { portAccount } from './venues/account.js';
import type { Market, Request } from './venues/market.js';
import { wireSettings } from './venues/wire.js';

export type Level = 'ports' | 'wire';

export interface Around {
  level: Level;
  server: SimulatedServer;
  creator: WorkflowCreator;
  clocks: Clocks;
  keys: TestKeys;
  market: Market;
  /** The store of artifacts, which all hosts see. */
  store: MachineDisk;
  points: Points;
  facts: Facts;
  rules: RuleSource;
  /** What befalls processes at the attempts of their activities; missing where nothing does. */
  mishaps?: Mishaps;
  random: (concern: string) => Random;
  /** Asset at venue → what was there before the engine's first trade. */
  baseline: Record<string, string>;
}

export interface Mishaps {
  interference: Interference;
  /** The process of that name is there again after so long. */
  crash: (name: string, downMs: number) => void;
  /** Settles as it is back. */
  stop: (name: string, ms: number) => Promise<void>;
}

/** What a worker serves, each attempt with what may befall it, and its answers. */
export function served<T extends object>(
  { mishaps }: Around,
  { name, life, activities }: { name: string; life: Life; activities: T },
) {
  if (mishaps === undefined) return { activities };
  const { interference, crash, stop } = mishaps;
  const process = {
    passes: async () => life.passes(),
    crash: (downMs: number) => crash(name, downMs),
    stop: async (ms: number) => stop(name, ms),
  };
  const onAnswer = (token: string, arrive: Arrive) => void interference.answer(token, arrive);
  return { activities: interference.wrapped(activities as Activities, process), onAnswer };
}

/** A process's own way to Temporal, which is cut by whoever holds `side`. */
export function lineTo({ server }: Around, messages: Messages, identity: string) {
  const side = { isReachable: true };
  const connection = new Service(server, side).connection() as never;
  const common = { connection, identity, messages };
  return { side, common };
}

export function accountsOf(
  { level, market, points }: Around,
  { from, life, clock }: { from: Request['from']; life: Life; clock: ProcessClock },
): VenueAccount[] {
  const of = (venue: EngineVenueId): VenueAccount =>
    level === 'wire'
      ? createVenueAccount(wireSettings(market, venue, { from, life }))
      : portAccount({ market, venue, from });
  return market.venues.map((venue) =>
    inLife(clock.account(of(venue)), `venues.${venue}`, { life, points }),
  );
}

/** Each activity is a place where a fault may be done, before it begins and after it has ended. */
export function withPoints<T extends object>(
  activities: T,
  { life, points, clock }: { life: Life; points: Points; clock: ProcessClock },
): T {
  const all = Object.entries(activities) as [string, (input: unknown) => Promise<unknown>][];
  const wrapped = all.map(([name, act]) => [
    name,
    async (input: unknown) => {
      const { before, after } = points.enter(`activity:${name}`);
      await before();
      await life.passes();
      clock.noteActivity();
      try {
        return await act(input);
      } finally {
        await after();
        await life.passes();
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}
