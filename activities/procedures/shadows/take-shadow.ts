/**
 * One shadow of an engine: its venues are read as those of a live engine are, and what they tell is written
 * down as a checkpoint.
 *
 * Invariants: what was not read whole, and what would be refused when it is needed, is not written; nothing is
 * where somebody has begun to recover the engine, or has seen it dead, while it was read.
 */
import { stateDigest } from '../../../workflows/domain/books/state.js';
import { snapshotOf } from '../../../workflows/domain/books/snapshot.js';
import {
  shadowOf,
  whyNotWhole,
  type Shadowed,
} from '../../../workflows/domain/checkpoints/shadows/shadow.js';
import {
  encodeCheckpoint,
  validateCheckpoint,
  type Checkpoint,
} from '../../../workflows/domain/engine/checkpoint.js';
import type { ControlPlanePorts, VenueAccount } from '../../ports.js';
import { aheadOf, serverNowMs } from '../reading/clock.js';
import { readVenues } from '../read-venues.js';

export type ShadowPorts = Pick<ControlPlanePorts, 'clock' | 'venues' | 'shadows' | 'facts'>;

export interface ShadowOrder {
  engineId: string;
  writer: string;
  keep: number;
  absurdQuantity: string;
  /** Asked when all has been read: why it must not be written; null where it may. */
  whyNot: () => Promise<string | null>;
  signal?: AbortSignal;
}

/** `digest`: of what was found, by which one tells whether anything has moved. */
export type ShadowTaken =
  { kind: 'written'; digest: string } | { kind: 'not_whole'; why: string } | { kind: 'called_off' };

/** Another reading comes soon: this one asks no venue twice. */
const ONE_TRY = { tries: 1, firstWaitMs: 0, longestWaitMs: 0 };

/** Fails with `ArtifactsUnreachable`. */
export async function takeShadow(ports: ShadowPorts, order: ShadowOrder): Promise<ShadowTaken> {
  const { engineId, absurdQuantity, keep, whyNot } = order;
  const shadowed = await read(ports, order);
  const broken = whyNotWhole(shadowed);
  if (broken !== null) return { kind: 'not_whole', why: broken };
  const shadow = shadowOf(shadowed);
  const refused = whyRefused(shadow, { engineId, absurdQuantity });
  if (refused !== null) return { kind: 'not_whole', why: refused };
  if ((await whyNot()) !== null) return { kind: 'called_off' };
  await ports.shadows.write(shadow, keep);
  return { kind: 'written', digest: stateDigest(shadow.state) };
}

async function read(ports: ShadowPorts, { engineId, writer, signal }: ShadowOrder) {
  const { clock, venues, facts } = ports;
  const { cashAssets, orderIdPrefix } = facts(engineId);
  const accounts = venues.ofEngine(engineId).map(onlyWhatIsHeld);
  const sinceMs = serverNowMs(clock);
  const reading = { sinceMs, thorough: false, live: true, cashAssets, orderIdPrefix };
  const truths = await readVenues(accounts, reading, {
    patience: ONE_TRY,
    beat: () => undefined,
    nowMs: () => serverNowMs(clock),
    aheadMs: aheadOf(clock),
    ...(signal === undefined ? {} : { signal }),
  });
  const readUntilMs = serverNowMs(clock);
  const snapshot = snapshotOf(truths, readUntilMs);
  return { engineId, snapshot, orderIdPrefix, readUntilMs, writer } satisfies Shadowed;
}

/** Neither trades nor prices stand in a shadow, so that their requests are spared. */
function onlyWhatIsHeld(account: VenueAccount): VenueAccount {
  return {
    ...account,
    fillsSince: async (fromMs) => ({ rows: [], fromMs }),
    marks: async () => new Map(),
  };
}

/** By whoever would load it: what no checkpoint may hold, such as a balance that is owed. */
function whyRefused(
  shadow: Checkpoint,
  { engineId, absurdQuantity }: { engineId: string; absurdQuantity: string },
): string | null {
  const limits = { engineId, absurdQuantity, nowMs: Number.MAX_SAFE_INTEGER, oldMs: Infinity };
  const { valid, errors } = validateCheckpoint(Buffer.from(encodeCheckpoint(shadow)), limits);
  return valid ? null : errors.join('; ');
}
