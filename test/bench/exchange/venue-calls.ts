/**
 * What one recovery asks of each venue, by the venues' own request log, against the least it could.
 *
 * Invariants: the activities are the real ones, and run in the order in which the committed history
 * of an undisturbed recovery has them; what they find is checked against the ledger.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { VENUE_IDS, type VenueId } from '../../../sandbox/venues/index.js';
import type { Snapshot } from '../../../workflows/domain/books/snapshot.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import {
  inActivity,
  openControlPlane,
  withState,
  type ControlPlane,
} from '../../activities/ports.js';
import { INSTRUMENTS, type Bench } from '../../clients/exchange/bench.js';
import { leastCalls } from './least-calls.js';
import { closing } from '../closing.js';

export interface VenueCalls {
  venue: VenueId;
  requests: number;
  weight: number;
  leastRequests: number;
  leastWeight: number;
}

/** The crash comes so long after the last trade: Kraken's histories begin at whole seconds. */
const QUIET_MS = 2_100;
/** Arrival of what was on its way, in little. */
const ARRIVAL_MS = 1_500;
const RESTING = 20;
const HISTORY = new URL('../../histories/happy-path.json', import.meta.url);

/**
 * `fillsEach`: on each of two instruments; every fill is a trade at the venue, so it takes a while.
 * `snapshots`: how often each is taken, to see that the bound breaks.
 */
export async function measureVenueCalls({
  fillsEach,
  snapshots = 1,
}: {
  fillsEach: number;
  snapshots?: number;
}): Promise<VenueCalls[]> {
  return closing(async (t) => {
    const plane = await openControlPlane(t, VENUE_IDS);
    const orders: Order[] = [];
    for (const venue of VENUE_IDS) {
      orders.push(...(await tradeAt(plane.bench, venue, fillsEach)));
    }
    await delay(QUIET_MS);
    const before = (await plane.bench.admin.requests()).tallies;
    await recover(plane, orders, snapshots);
    const facts = { instruments: 2, fillsEach };
    const afterwards = (await plane.bench.admin.requests()).tallies;
    return VENUE_IDS.map((venue) => {
      const least = leastCalls(venue, facts);
      return {
        venue,
        requests: afterwards[venue].requests - before[venue].requests,
        weight: afterwards[venue].weight - before[venue].weight,
        leastRequests: least.requests,
        leastWeight: least.weight,
      };
    });
  });
}

/** Fills on two instruments, resting orders, one cancelled by the venue, one that never arrived. */
async function tradeAt(
  { place, admin }: Bench,
  venue: VenueId,
  fillsEach: number,
): Promise<Order[]> {
  const { btc, eth } = INSTRUMENTS[venue];
  for (let index = 0; index < fillsEach; index += 1) {
    for (const instrument of [btc, eth]) {
      const side = index % 2 === 0 ? 'buy' : 'sell';
      await place(venue, { instrument, side, type: 'market', quantity: '0.01' });
    }
  }
  const orders: Order[] = [];
  for (let index = 0; index < RESTING; index += 1) {
    orders.push(await place(venue, { id: `rl-rests-${index}` }));
  }
  const cancelled = await place(venue, { id: 'rl-cancelled' });
  await admin.cancelOrder({ venue, clientOrderId: 'rl-cancelled' });
  const lost = { ...cancelled, clientOrderId: 'rl-lost', venueOrderId: null };
  return [...orders, cancelled, { ...lost, state: 'in_flight' }];
}

/** As the workflow does it. */
async function recover(plane: ControlPlane, orders: Order[], snapshots: number): Promise<void> {
  const { activities, ports } = plane;
  const crashedAtMs = Date.now();
  const engine = { engineId: 'desk', sinceMs: crashedAtMs - 3_600_000 };
  const state = await ports.artifacts.put('engine-state', withState({ orders }));
  const taken = { snapshot: state };
  for (const { name, thorough, afterCrash } of venueSteps()) {
    if (name === 'takeSnapshot') {
      const sinceMs = afterCrash ? crashedAtMs : engine.sinceMs;
      for (let time = 0; time < snapshots; time += 1) {
        const answer = await inActivity(activities, name, { ...engine, sinceMs, thorough });
        if (answer.unreadable.length > 0) throw new Error(JSON.stringify(answer.unreadable));
        taken.snapshot = answer.snapshot;
      }
    } else if (name === 'compareBooks') {
      const books = { ...engine, state, tolerance: '0.0001', thorough };
      await inActivity(activities, name, books);
    } else if (name === 'recoverOpenOrders') {
      const given = { engineId: 'desk', state, before: state, snapshot: taken.snapshot };
      const arrivesUntilMs = Date.now() + ARRIVAL_MS;
      const rules = { ...ORDER_RULES, arrivesUntilMs };
      const { counts } = await inActivity(activities, name, { ...given, ...rules });
      const right =
        counts.cancelled === VENUE_IDS.length && counts.never_arrived === counts.cancelled;
      if (!right) throw new Error(`orders resolved wrongly: ${JSON.stringify(counts)}`);
    } else if (name === 'measureExposure') {
      await inActivity(activities, name, { engineId: 'desk', state, maxExposure: '1000000000' });
    } else {
      const window = { maxVolatility: '10', windowMs: 3_600_000 };
      await inActivity(activities, name, { engineId: 'desk', ...window });
    }
  }
  await checkFills(plane, await ports.artifacts.get('venue-snapshot', taken.snapshot));
}

const ORDER_RULES = {
  adopted: [],
  foreign: 'leave',
  staleDeviation: '0.05',
  containment: 'none',
  containmentAt: {},
} as const;

const OF_VENUES = [
  'takeSnapshot',
  'recoverOpenOrders',
  'measureExposure',
  'checkMarket',
  'compareBooks',
] as const;

interface VenueStep {
  name: (typeof OF_VENUES)[number];
  thorough: boolean;
  /** It asks for nothing older than the crash: evidence of it. */
  afterCrash: boolean;
}

interface Given {
  input?: { payloads: { data: string }[] };
}

interface HistoryEvent {
  workflowExecutionStartedEventAttributes?: Given;
  activityTaskScheduledEventAttributes?: Given & { activityType: { name: string } };
}

interface StepInput {
  thorough?: boolean;
  sinceMs?: number;
  report?: { detectedAtMs: number };
}

function inputOf(given: Given | undefined): StepInput {
  const data = given?.input?.payloads[0]?.data ?? '';
  return JSON.parse(Buffer.from(data, 'base64').toString()) as StepInput;
}

function venueSteps(): VenueStep[] {
  const { events } = JSON.parse(readFileSync(HISTORY, 'utf8')) as { events: HistoryEvent[] };
  const { report } = inputOf(events[0]?.workflowExecutionStartedEventAttributes);
  const crashedAtMs = report?.detectedAtMs ?? Infinity;
  return events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
    const name = OF_VENUES.find((one) => one === scheduled?.activityType.name);
    if (name === undefined) return [];
    const { thorough = false, sinceMs = 0 } = inputOf(scheduled);
    return [{ name, thorough, afterCrash: sinceMs >= crashedAtMs }];
  });
}

/** Few calls are worth nothing where they miss a fill. */
async function checkFills({ bench }: ControlPlane, { venues }: Snapshot): Promise<void> {
  for (const truth of venues) {
    const { length } = await bench.fills(truth.venue as VenueId);
    const read = truth.readable ? truth.fills.length : 0;
    if (read !== length) throw new Error(`${truth.venue}: ${read} of ${length} fills were read`);
  }
}
