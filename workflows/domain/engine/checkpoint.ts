/**
 * The checkpoint file: a magic line, a header, a body, and a SHA-256 over every byte before it.
 *
 *     RELIGHT-CHECKPOINT\n {header JSON}\n {body JSON}\n sha256:<64 hex>\n
 *
 * Invariants: nothing is believed, not even the header, before the hash has been verified; what is
 * believed then is what docs/checkpoint.md says, to the field, and can be.
 */
import { z } from 'zod';
import { sha256Hex } from '../content/canonical.js';
import { addImpossible } from '../checkpoints/impossible.js';
import { contentRead, Faults, jsonOf, linesOf, MAGIC, type Lines } from '../checkpoints/layout.js';
import { namedTwice } from '../checkpoints/members.js';
import { Body, fits } from '../checkpoints/shape.js';
import type { EngineState } from '../books/state.js';
import { isEpoch, LAST_EPOCH } from './epochs.js';

export const CHECKPOINT_VERSION = 1;
/** What one more than it still is a number for every language. */
const LAST_SEQUENCE = LAST_EPOCH;
const LONGEST_NAME = 200;

/** From 2001 on, so that seconds, milli- and microseconds are told apart from them. */
const Nanoseconds = z
  .string()
  .regex(/^[1-9]\d{18}$/, 'is no time in nanoseconds, which has 19 digits');

/**
 * `takenAtNs`: nanoseconds since 1970 as text, because a double cannot hold them. `readUntilNs`: of a shadow,
 * when the last venue had answered; an engine tells none.
 */
export const CheckpointHeader = z.strictObject({
  version: z.number().int().positive(),
  engineId: z.string().min(1).max(LONGEST_NAME),
  instanceId: z.string().min(1).max(LONGEST_NAME),
  epoch: z.number().refine(isEpoch, 'is no epoch'),
  sequence: z.number().int().nonnegative().max(LAST_SEQUENCE),
  takenAtNs: Nanoseconds,
  readUntilNs: Nanoseconds.optional(),
});
export type CheckpointHeader = z.infer<typeof CheckpointHeader>;

export interface Checkpoint {
  header: CheckpointHeader;
  state: EngineState;
}

export interface CheckpointLimits {
  engineId: string;
  nowMs: number;
  /** The age is that at the crash: waiting for a person does not make a checkpoint older. */
  crashedAtMs?: number;
  oldMs: number;
  absurdQuantity: string;
}

/** `header`: verified, whatever is wrong besides. */
export interface CheckpointVerdict {
  valid: boolean;
  errors: string[];
  warnings: string[];
  /** At the crash; 0 where it was taken after that. */
  ageMs: number | null;
  header: CheckpointHeader | null;
  checkpoint: Checkpoint | null;
}

/** Of one host's clock and itself, read one after the other by two processes. */
const CLOCK_TOLERANCE_MS = 1_000;

export function encodeCheckpoint({ header, state }: Checkpoint): string {
  const content = `${MAGIC}\n${JSON.stringify(header)}\n${JSON.stringify(state)}\n`;
  return `${content}sha256:${sha256Hex(content)}\n`;
}

export function takenAtMs(header: Pick<CheckpointHeader, 'takenAtNs'>): number {
  return Number(BigInt(header.takenAtNs) / 1_000_000n);
}

/** How far a time is beyond another, where clocks do not explain it; else 0. */
export function beyondMs(atMs: number, limitMs: number): number {
  return atMs - limitMs > CLOCK_TOLERANCE_MS ? atMs - limitMs : 0;
}

/**
 * All of the procedure's checks. Errors make it invalid; warnings travel with it. `read`: of
 * these bytes, where there was a faster way.
 */
export function validateCheckpoint(
  bytes: Uint8Array,
  limits: CheckpointLimits,
  read = contentRead(bytes),
): CheckpointVerdict {
  const lines = linesOf(bytes, read);
  if (typeof lines === 'string') return refused([lines], null);
  const header = headerOf(lines);
  if (Array.isArray(header)) return refused(header, null);
  const state = stateOf(lines);
  if (Array.isArray(state)) return refused(state, header);
  return judged({ header, state }, limits);
}

function refused(errors: string[], header: CheckpointHeader | null): CheckpointVerdict {
  return { valid: false, errors, warnings: [], ageMs: null, header, checkpoint: null };
}

function judged(checkpoint: Checkpoint, limits: CheckpointLimits): CheckpointVerdict {
  const { header, state } = checkpoint;
  const ageMs = Math.max(0, (limits.crashedAtMs ?? limits.nowMs) - takenAtMs(header));
  const faults = new Faults();
  if (header.engineId !== limits.engineId) {
    faults.add(() => `Checkpoint belongs to engine "${header.engineId}", not "${limits.engineId}"`);
  }
  addImpossible(state, limits.absurdQuantity, faults);
  const errors = faults.texts();
  const warnings = warningsOf(header, { ...limits, ageMs });
  return { valid: errors.length === 0, errors, warnings, ageMs, header, checkpoint };
}

function warningsOf(
  header: CheckpointHeader,
  { nowMs, oldMs, ageMs }: CheckpointLimits & { ageMs: number },
): string[] {
  const aheadMs = beyondMs(takenAtMs(header), nowMs);
  return [
    ...(ageMs > oldMs ? [`Checkpoint is older than ${oldMs} ms (${ageMs} ms)`] : []),
    ...(aheadMs > 0 ? [`Checkpoint timestamp is in the future, by ${aheadMs} ms`] : []),
    ...(header.version < CHECKPOINT_VERSION
      ? [`Checkpoint version ${header.version} needs migration to ${CHECKPOINT_VERSION}`]
      : []),
  ];
}

function headerOf({ header: text }: Lines): CheckpointHeader | string[] {
  const read = jsonOf(text);
  // A later version may say more; that it is one is told first.
  const version: unknown = Object(read).version;
  if (Number.isSafeInteger(version) && (version as number) > CHECKPOINT_VERSION) {
    return [`Checkpoint version ${String(version)} is newer than ${CHECKPOINT_VERSION}`];
  }
  const header = CheckpointHeader.safeParse(read);
  if (!header.success) return issuesOf('Checkpoint header is invalid', header.error);
  const twice = namedTwice(text, read);
  return twice === null ? header.data : [`Checkpoint header is invalid: "${twice}" stands twice`];
}

function stateOf({ body: text }: Lines): EngineState | string[] {
  const body = jsonOf(text);
  if (!fits(body)) return issuesOf('Checkpoint body is invalid', Body.safeParse(body).error);
  const twice = namedTwice(text, body);
  if (twice !== null) return [`Checkpoint body is invalid: a member "${twice}" stands twice`];
  return { ...body, appliedFills: body.appliedFills ?? {} };
}

function issuesOf(what: string, error: z.ZodError | undefined): string[] {
  const faults = new Faults();
  for (const { path, message } of error?.issues ?? []) {
    faults.add(() => `${what}: ${[...path.map(String), message].join(' ')}`);
  }
  const texts = faults.texts();
  return texts.length === 0 ? [`${what}: it does not fit`] : texts;
}
