/**
 * The state an engine begins with: a recovered checkpoint, one of its own, or what the venues hold.
 *
 * Invariants: an invalid checkpoint is never begun with; a fill is either in the opening figures or
 * applied later, never both.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  takenAtMs,
  validateCheckpoint,
  type Checkpoint,
} from '../../../workflows/domain/engine/checkpoint.js';
import { isZero } from '../../../workflows/domain/numbers/decimal.js';
import { appliedFillId } from '../../../workflows/domain/books/keys.js';
import { emptyState, type EngineState, type Fill } from '../../../workflows/domain/books/state.js';
import type { EngineVenue } from '../venue/venue.js';

const OLD_MS = 5 * 60_000;
const ABSURD_QUANTITY = '1000000';
const RECENT_MS = 60_000;
const ATTEMPTS = 10;
const RETRY_MS = 500;

export interface OpeningState {
  state: EngineState;
  asOfMs: number;
  sequence: number;
}

class InvalidStateError extends Error {
  override readonly name = 'InvalidStateError';
}

export function readRecoveredState(path: string, engineId: string): OpeningState {
  let bytes;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    throw new InvalidStateError(`The state file cannot be read: ${why}`, { cause: error });
  }
  return openingOf(bytes, engineId);
}

/** What such a file holds. */
export function openingOf(file: Uint8Array, engineId: string): OpeningState {
  const { header, state } = checkpointIn(file, engineId);
  return { state, asOfMs: takenAtMs(header), sequence: header.sequence };
}

/** Of its own, by their names; null where there is none. */
export function newestCheckpoint(folder: string): string | null {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const newest = names
    .filter((name) => name.endsWith('.ckpt'))
    .sort()
    .at(-1);
  return newest === undefined ? null : join(folder, newest);
}

function checkpointIn(file: Uint8Array, engineId: string): Checkpoint {
  const verdict = validateCheckpoint(file, {
    engineId,
    nowMs: Date.now(),
    oldMs: OLD_MS,
    absurdQuantity: ABSURD_QUANTITY,
  });
  if (!verdict.valid || verdict.checkpoint === null) {
    throw new InvalidStateError(verdict.errors.join('; '));
  }
  return verdict.checkpoint;
}

export async function readVenueState(venues: readonly EngineVenue[]): Promise<OpeningState> {
  const asOfMs = Date.now();
  const parts = await Promise.all(venues.map((venue) => readQuiet(venue, asOfMs)));
  return {
    state: {
      ...emptyState(),
      positions: parts.flatMap(({ positions }) => positions),
      balances: parts.flatMap(({ balances }) => balances),
      risk: { dailyPnl: '0', breakerLatched: false },
      appliedFills: Object.fromEntries(parts.map(({ name, fills }) => [name, idsOf(fills)])),
    },
    asOfMs,
    sequence: 0,
  };
}

/** What a venue tells while no order of it is filled. */
export interface VenueFigures extends Pick<EngineState, 'balances' | 'positions'> {
  name: string;
  /** From a minute before that time on: these are in the figures. */
  fills: Fill[];
}

/** Fails where it cannot be read for some time, or goes on filling orders. */
export function readQuiet(venue: EngineVenue, asOfMs: number): Promise<VenueFigures> {
  return withRetries(() => readOnce(venue, asOfMs));
}

/** Figures between two equal lists of fills: no fill can be half in them. */
async function readOnce(venue: EngineVenue, asOfMs: number): Promise<VenueFigures> {
  const { name, account } = venue;
  const before = await venue.fillsSince(asOfMs - RECENT_MS);
  const [totals, positions] = [await venue.balances(), await venue.positions()];
  const fills = await venue.fillsSince(asOfMs - RECENT_MS);
  if (idsOf(before).join() !== idsOf(fills).join())
    throw new Error(`${name} filled orders while it was read`);
  return {
    name,
    fills,
    balances: [...totals]
      .filter(([, total]) => !isZero(total))
      .map(([asset, total]) => ({ venue: name, account, asset, total })),
    positions: positions.map((position) => ({
      venue: name,
      account,
      side: 'net' as const,
      ...position,
    })),
  };
}

function idsOf(fills: readonly Fill[]): string[] {
  return fills.map(appliedFillId).sort();
}

async function withRetries<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
