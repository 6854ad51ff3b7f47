/**
 * A shadow: a checkpoint that we write of an engine which writes none, from what its venues tell.
 *
 * Invariants: it is made of a reading that is whole, or not at all; it names no fills, because figures read
 * from a venue that trades on hold those that they hold, and a state that names none is compared so; what only
 * the engine could know is unknown in it, and told.
 */
import { whyWords } from '../../books/fault-words.js';
import { emptyState, type EngineState } from '../../books/state.js';
import { readableVenues, unreadableVenues, type Snapshot } from '../../books/snapshot.js';
import { isOursByName, type OrderIdPrefix } from '../../orders/names.js';
import { together } from '../../reconciliation/wallets.js';
import { CHECKPOINT_VERSION, takenAtMs, type Checkpoint } from '../../engine/checkpoint.js';
import type { Breaker } from '../../policy/policy.js';

export interface Shadowed {
  engineId: string;
  snapshot: Snapshot;
  orderIdPrefix: OrderIdPrefix;
  /** By the clock of Temporal's server, as all times of it: when the last venue had answered. */
  readUntilMs: number;
  /** Who read them. */
  writer: string;
}

/**
 * Fills up to the doubt between two clocks after a state may be in it; a reading that took longer holds
 * some that nobody could tell apart.
 */
const LONGEST_READING_MS = 8_000;

/** Why no shadow can be made of it, in words. */
export function whyNotWhole({ snapshot, readUntilMs }: Shadowed): string | null {
  const unread = unreadableVenues(snapshot).map(({ venue, why }) => `${venue}: ${whyWords(why)}`);
  if (unread.length > 0) return unread.join('; ');
  const apart = readableVenues(snapshot).find((venue) => venue.unnamedPositions === true);
  if (apart !== undefined) return `${apart.venue}: a position without a name of ours is there`;
  if (snapshot.venues.length === 0) return 'it trades at no venue';
  const tookMs = readUntilMs - snapshot.takenAtMs;
  return tookMs > LONGEST_READING_MS ? `the reading took ${tookMs} ms` : null;
}

/** As it is written; its place among shadows is its time. */
export function shadowOf(shadowed: Shadowed): Checkpoint {
  const { engineId, snapshot, readUntilMs, writer } = shadowed;
  return {
    header: {
      version: CHECKPOINT_VERSION,
      engineId,
      instanceId: writer,
      epoch: 0,
      sequence: snapshot.takenAtMs,
      takenAtNs: nanoseconds(snapshot.takenAtMs),
      readUntilNs: nanoseconds(readUntilMs),
    },
    state: stateOf(shadowed),
  };
}

function nanoseconds(atMs: number): string {
  return `${atMs}000000`;
}

function stateOf({ snapshot, orderIdPrefix }: Shadowed): EngineState {
  const venues = readableVenues(snapshot);
  const orders = venues.flatMap((venue) => venue.orders);
  return {
    ...emptyState(),
    positions: venues.flatMap(({ positions }) => positions),
    balances: venues.flatMap(together),
    orders: orders.filter((order) => isOursByName(order, orderIdPrefix)),
    risk: { dailyPnl: null, breakerLatched: null },
  };
}

/** What a person should know of a state that begins so, one sentence each. */
export function shadowUnknowns(ageMs: number, breaker: Breaker): string[] {
  const only = '(a shadow checkpoint: what the exchanges told, and nothing of the engine itself)';
  return [
    breaker === 'none'
      ? `daily profit and loss ${only}`
      : `daily profit and loss, and whether the risk breaker had latched ${only}`,
    'orders in flight at the crash that no exchange lists',
    'what the engine itself held and had applied: it may have booked otherwise than the exchanges',
    `what came and went in the ${ageMs} ms before the crash was noticed, but for fills and cash flows that are told`,
  ];
}

/** When the last venue had answered; of a checkpoint that does not tell, when it was taken. */
export function readUntilMs({ header }: Checkpoint): number {
  const { readUntilNs, takenAtNs } = header;
  return takenAtMs({ takenAtNs: readUntilNs ?? takenAtNs });
}

/** As a recovery begins with it: an engine that has no breaker has none that is latched. */
export function stateOfShadow({ state }: Checkpoint, breaker: 'engine' | 'none'): EngineState {
  if (breaker !== 'none') return state;
  return { ...state, risk: { ...state.risk, breakerLatched: false } };
}
