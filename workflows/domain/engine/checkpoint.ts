/**
 * The checkpoint file: a magic line, a header, a body, and a SHA-256 over every byte before it.
 *
 *     RELIGHT-CHECKPOINT\n {header JSON}\n {body JSON}\n sha256:<64 hex>\n
 *
 * Invariant: nothing is believed, not even the header, before the hash has been verified.
 */
import { z } from 'zod';
import { sha256Hex } from '../content/canonical.js';
import { exceeds, absolute, canonical } from '../numbers/decimal.js';
import { EngineState } from '../books/state.js';

export const CHECKPOINT_VERSION = 1;
const MAGIC = 'RELIGHT-CHECKPOINT';
const FOOTER = /^sha256:([0-9a-f]{64})\n$/;
const FOOTER_LENGTH = 'sha256:'.length + 64 + 1;
const WRONG_LAYOUT = 'Checkpoint layout is not magic, header, body';

/** `takenAtNs`: nanoseconds since the epoch as text, because a double cannot hold them. */
export const CheckpointHeader = z.object({
  version: z.number().int().positive(),
  engineId: z.string().min(1),
  instanceId: z.string().min(1),
  epoch: z.number().int().nonnegative(),
  sequence: z.number().int().nonnegative(),
  takenAtNs: z.string().regex(/^\d+$/),
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

export interface CheckpointVerdict {
  valid: boolean;
  errors: string[];
  warnings: string[];
  ageMs: number | null;
  checkpoint: Checkpoint | null;
}

export function encodeCheckpoint({ header, state }: Checkpoint): string {
  const content = `${MAGIC}\n${JSON.stringify(header)}\n${JSON.stringify(state)}\n`;
  return `${content}sha256:${sha256Hex(content)}\n`;
}

export function takenAtMs(header: CheckpointHeader): number {
  return Number(BigInt(header.takenAtNs) / 1_000_000n);
}

/** All of the procedure's checks. Errors make it invalid; warnings travel with it. */
export function validateCheckpoint(bytes: Uint8Array, limits: CheckpointLimits): CheckpointVerdict {
  const opened = open(bytes);
  if (typeof opened === 'string') return refused(opened);
  const { header, state } = opened;
  const taken = takenAtMs(header);
  const ageMs = Math.max(0, (limits.crashedAtMs ?? limits.nowMs) - taken);
  const errors = [
    ...(header.engineId === limits.engineId
      ? []
      : [`Checkpoint belongs to engine "${header.engineId}", not "${limits.engineId}"`]),
    ...(taken > limits.nowMs ? ['Checkpoint timestamp is in the future'] : []),
    ...positionErrors(state, limits.absurdQuantity),
    ...balanceErrors(state),
  ];
  const warnings = [
    ...(ageMs > limits.oldMs ? [`Checkpoint is older than ${limits.oldMs} ms (${ageMs} ms)`] : []),
    ...(header.version < CHECKPOINT_VERSION
      ? [`Checkpoint version ${header.version} needs migration to ${CHECKPOINT_VERSION}`]
      : []),
  ];
  return { valid: errors.length === 0, errors, warnings, ageMs, checkpoint: opened };
}

function refused(error: string): CheckpointVerdict {
  return { valid: false, errors: [error], warnings: [], ageMs: null, checkpoint: null };
}

function open(bytes: Uint8Array): Checkpoint | string {
  if (bytes.length <= FOOTER_LENGTH) return `Checkpoint is truncated (${bytes.length} bytes)`;
  const content = bytes.subarray(0, bytes.length - FOOTER_LENGTH);
  const footer = FOOTER.exec(ascii(bytes.subarray(bytes.length - FOOTER_LENGTH)));
  if (footer === null) return 'Checkpoint has no checksum at its end - truncated or not ours';
  if (sha256Hex(content) !== footer[1]) return 'Checksum mismatch - possible corruption';
  const [magic, header, body, end, ...more] = new TextDecoder().decode(content).split('\n');
  if (magic !== MAGIC || header === undefined || body === undefined) return WRONG_LAYOUT;
  return end === '' && more.length === 0 ? parse(header, body) : WRONG_LAYOUT;
}

/** Undefined for text that is not JSON, which no schema here accepts. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parse(headerText: string, bodyText: string): Checkpoint | string {
  const header = CheckpointHeader.safeParse(jsonOf(headerText));
  if (!header.success) return `Checkpoint header is invalid: ${z.prettifyError(header.error)}`;
  if (header.data.version > CHECKPOINT_VERSION) {
    return `Checkpoint version ${header.data.version} is newer than ${CHECKPOINT_VERSION}`;
  }
  const state = EngineState.safeParse(jsonOf(bodyText));
  if (!state.success) return `Checkpoint body is invalid: ${z.prettifyError(state.error)}`;
  return { header: header.data, state: state.data };
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function positionErrors(state: EngineState, absurdQuantity: string): string[] {
  return state.positions.flatMap((p) => [
    ...(exceeds(absolute(p.quantity), absurdQuantity)
      ? [`Absurd position quantity ${p.quantity} for ${p.venue} ${p.instrument}`]
      : []),
    ...(p.averagePrice !== null && !exceeds(p.averagePrice, '0')
      ? [`Invalid average price ${p.averagePrice} for ${p.venue} ${p.instrument}`]
      : []),
  ]);
}

function balanceErrors(state: EngineState): string[] {
  return state.balances
    .filter((b) => exceeds('0', b.total))
    .map((b) => `Negative balance ${canonical(b.total)} ${b.asset} on ${b.venue}`);
}
