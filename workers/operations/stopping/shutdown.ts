/**
 * The kill switch, which needs neither Temporal nor a worker: the latch is turned already, so that nothing
 * starts the engine again; it is stopped; then its orders are cancelled at the venues, and what is left is
 * read. The guardian is told beside that, where it answers, and brings it to the engine's own host.
 *
 * Invariants: it does as much as it can, whatever fails is said, and stops none of the rest; on a machine
 * that is not seen to be the engine's host, whatever its file says, nothing that is not seen counts as stopped.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { HostPorts } from '../../../activities/ports.js';
import {
  stopForGood,
  type FinalStopDone,
} from '../../../activities/procedures/stopping/stop-for-good.js';
import type {
  ShutdownAnswer,
  ShutdownStep,
  VenueCleared,
} from '../../../clients/cli/answers/shutdown.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import { composeHost } from '../../compose/host.js';
import { composeVenues } from '../../compose/venues.js';
import { engineOf, hostOf } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';
import { whyOf } from '../why.js';
import { clearVenue, ownershipOf, unclearable } from './clear-venue.js';
import { tellGuardian, type GuardianTold } from './tell-guardian.js';

export interface ShutdownRequest {
  engineId: string;
  reason: string;
  keepOrders: boolean;
  /** Stops that protect what is held are cancelled too. */
  cancelProtective?: boolean;
  /** Told of each step as it is done. */
  onStep?: (what: string, step: ShutdownStep) => void;
  /** As it was turned. */
  latch: ShutdownStep;
  /** Venues of it whose configuration is not valid. */
  unusable?: readonly { venue: string; why: string }[];
  /** Of Temporal; left out: nobody is told. */
  client?: () => Promise<Client>;
}

export async function shutdownNow(
  config: Config,
  request: ShutdownRequest,
): Promise<ShutdownAnswer> {
  const { engineId, onStep } = request;
  const told = <T extends ShutdownStep>(what: string, step: T): T => {
    onStep?.(what, step);
    return step;
  };
  const ports = composeHost(config, { mustEnd: true });
  const host = hostOf(config, engineOf(config, engineId));
  const isHere = (await ports.whyUnseen(engineId)) === null;
  const telling = tellOf(config, request, isHere).then((done) => {
    if (done !== null) told('guardian', done.step);
    return done;
  });
  const pace = { sleep: (ms: number) => sleep(ms), why: whyOf };
  const live = await bookNow(ports, engineId);
  const here = await stopForGood(ports, { engineId, hostName: host }, pace);
  const early = isHere ? null : await Promise.race([telling, sleep(WAITED_MS, null)]);
  const isKnown = isHere || early?.receipt?.mayHaveAdopted === false;
  const adoptedElsewhere = isKnown ? null : host;
  const clearing = clearVenues(config, request, { adoptedElsewhere, live });
  const engine = engineStep(here, { host, telling }).then((step) => told('engine', step));
  const venues = await clearing;
  const guardian = (await telling)?.step ?? null;
  return { engineId, latch: request.latch, venues, engine: await engine, guardian };
}

/** Of an engine that is about to be stopped: its checkpoint may lag behind what it has learned. */
const BOOK_WITHIN_MS = 300;

/** The orders of its state, where it tells that in time; a stop waits for nothing longer. */
async function bookNow(ports: HostPorts, engineId: string): Promise<readonly Order[]> {
  const tell = async () => (await ports.control(engineId).state?.())?.state.orders ?? [];
  const none: readonly Order[] = [];
  return Promise.race([tell().catch(() => none), sleep(BOOK_WITHIN_MS, none)]);
}

type Known = Pick<Parameters<typeof ownershipOf>[1], 'adoptedElsewhere' | 'live'>;

/** Side by side; `adoptedElsewhere`: where it is known what recoveries adopted, null where that is here. */
async function clearVenues(
  config: Config,
  { engineId, keepOrders, cancelProtective = false, onStep, unusable = [] }: ShutdownRequest,
  known: Known,
): Promise<VenueCleared[]> {
  if (keepOrders) return [];
  const uncleared = unusable.map(({ venue, why }) => unclearable(venue, why));
  for (const step of uncleared) onStep?.(step.venue, step);
  const owned = await ownershipOf(config, { engineId, cancelProtective, ...known });
  const clearing = composeVenues(config)
    .ofEngine(engineId)
    .map(async (account) => {
      const done = await clearVenue(account, owned);
      onStep?.(account.venue, done);
      return done;
    });
  return [...(await Promise.all(clearing)), ...uncleared];
}

/** An engine that is still being stopped elsewhere would place new orders meanwhile. */
const WAITED_MS = 15_000;

async function tellOf(
  config: Config,
  request: ShutdownRequest,
  isHere: boolean,
): Promise<GuardianTold | null> {
  const { engineId, reason, keepOrders, client } = request;
  if (client === undefined) return null;
  return tellGuardian(config, { engineId, reason, keepOrders, client, isHere });
}

interface Elsewhere {
  host: string;
  telling: Promise<GuardianTold | null>;
}

/** What is not seen here says nothing, where it may live elsewhere: its own host must have said it. */
export async function engineStep(
  here: FinalStopDone,
  { host, telling }: Elsewhere,
): Promise<ShutdownStep> {
  const { result, failed, wasSeen } = here;
  return wasSeen ? { result, failed } : unseenStep(here, host, (await telling)?.receipt ?? null);
}

/** `configured`: people may have signed that it has moved, and the file not say so yet. */
function unseenStep(
  { result, failed, isItsPlace }: FinalStopDone,
  configured: string,
  receipt: GuardianTold['receipt'],
): ShutdownStep {
  const home = receipt === null ? configured : receipt.host;
  const hasMoved = home !== configured;
  if (isItsPlace && !hasMoved) return { result, failed };
  if (receipt !== null && receipt.engine !== null) {
    const there = receipt.engine;
    return { result: `on ${home}: ${there.result}`, failed: there.failed };
  }
  const moved = `it has moved: THE ENGINE MAY LIVE: run this on ${home}`;
  return { result: isItsPlace ? moved : result, failed: true };
}
