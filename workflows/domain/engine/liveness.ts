/**
 * How an engine shows that it lives: newline-delimited JSON over a Unix socket, and a 64-byte
 * heartbeat record in a file or shared memory. Published for engine teams in docs/liveness.md.
 */
import { z } from 'zod';
import { noneOf, UNSEEN } from '../content/characters.js';
import { LONGEST_VENUE } from './connections.js';

export const LONGEST_LINE = 4_096;

/** It becomes part of ids, names of files and texts. */
function textOf(longest: number) {
  return z
    .string()
    .max(longest, `is longer than ${longest} characters`)
    .regex(noneOf(UNSEEN), 'holds characters that nobody sees');
}

const Hello = z.object({
  type: z.literal('hello'),
  engineId: textOf(128).min(1),
  instanceId: textOf(128).min(1),
  pid: z.number().int().positive(),
  startTicks: z.string().regex(/^\d{1,20}$/),
  build: textOf(256),
  epoch: z.number().int().nonnegative(),
});
export type Hello = z.infer<typeof Hello>;

const Heartbeat = z.object({
  type: z.literal('heartbeat'),
  sequence: z.number().int(),
  /** Of what the engine is there for; absent, or no figure that is exact: not told. The beat counts all the same. */
  progress: z.number().int().nonnegative().optional().catch(undefined),
});
const Goodbye = z.object({ type: z.literal('goodbye'), reason: textOf(1_024) });
/** To an exchange, as the engine sees it. */
const Connection = z.object({
  type: z.literal('connection'),
  venue: textOf(LONGEST_VENUE).min(1),
  state: z.enum(['lost', 'restored']),
  /** How long it has been so; absent, or no such figure: since it says so. */
  forMs: z.number().int().nonnegative().optional().catch(undefined),
});

export const LivenessMessage = z.discriminatedUnion('type', [
  Hello,
  Heartbeat,
  Connection,
  Goodbye,
]);
export type LivenessMessage = z.infer<typeof LivenessMessage>;

export const HEARTBEAT_RECORD_BYTES = 64;
const PROGRESS_RECORD_BYTES = 80;
const MAGIC = 0x524c4842; // "RLHB"
const VERSION = 1;

export interface HeartbeatRecord {
  pid: number;
  startTicks: string;
  epoch: number;
  timestampMs: number;
  /** By the clock of the host that no step moves (CLOCK_MONOTONIC); null: not told. */
  monotonicMs: number | null;
}

/** As it is read: a beat is new when its sequence is, and so is progress where that is told. */
type HeartbeatRead = HeartbeatRecord & { sequence: string; progress?: string };

/**
 * Little-endian: 0 u64 sequence · 8 u32 magic · 12 u32 version · 16 u64 time in ns since 1970 ·
 * 24 u64 pid · 32 u64 start ticks · 40 u64 epoch · 48 u64 CLOCK_MONOTONIC in ns, 0 where it is not told ·
 * 56 u64 sequence again. What tells progress too goes on: 64 u64 progress · 72 u64 sequence once more.
 * The writer makes the first sequence odd, writes the fields, then both equal and even.
 */
export function encodeHeartbeat(record: HeartbeatRecord, beat: number): Uint8Array {
  const bytes = new Uint8Array(HEARTBEAT_RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  const sequence = BigInt(beat) * 2n;
  view.setBigUint64(0, sequence, true);
  view.setUint32(8, MAGIC, true);
  view.setUint32(12, VERSION, true);
  view.setBigUint64(16, nanoseconds(record.timestampMs), true);
  view.setBigUint64(24, BigInt(record.pid), true);
  view.setBigUint64(32, BigInt(record.startTicks), true);
  view.setBigUint64(40, BigInt(record.epoch), true);
  view.setBigUint64(48, nanoseconds(record.monotonicMs ?? 0), true);
  view.setBigUint64(56, sequence, true);
  return bytes;
}

/** Null for a torn, foreign or short record: the reader tries again, it does not guess. */
export function decodeHeartbeat(bytes: Uint8Array): HeartbeatRead | null {
  if (bytes.length < HEARTBEAT_RECORD_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEARTBEAT_RECORD_BYTES);
  const sequence = view.getBigUint64(0, true);
  const whole = sequence % 2n === 0n && sequence === view.getBigUint64(56, true);
  if (!whole || view.getUint32(8, true) !== MAGIC || view.getUint32(12, true) !== VERSION) {
    return null;
  }
  const monotonicMs = milliseconds(view.getBigUint64(48, true));
  return {
    sequence: sequence.toString(),
    timestampMs: milliseconds(view.getBigUint64(16, true)),
    monotonicMs: monotonicMs === 0 ? null : monotonicMs,
    pid: Number(view.getBigUint64(24, true)),
    startTicks: view.getBigUint64(32, true).toString(),
    epoch: Number(view.getBigUint64(40, true)),
    ...progressIn(bytes, sequence),
  };
}

/** Behind the record; in a mapping that is larger than it there are zeros. */
function progressIn(bytes: Uint8Array, sequence: bigint): Pick<HeartbeatRead, 'progress'> {
  if (bytes.length < PROGRESS_RECORD_BYTES || sequence === 0n) return {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, PROGRESS_RECORD_BYTES);
  if (view.getBigUint64(72, true) !== sequence) return {};
  return { progress: view.getBigUint64(64, true).toString() };
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms)) * 1_000_000n;
}

function milliseconds(ns: bigint): number {
  return Number(ns / 1_000_000n);
}

/** Null for a line that is not a message of this protocol. */
export function parseLivenessLine(line: string): LivenessMessage | null {
  const read = readLivenessLine(line);
  return typeof read === 'string' ? null : read;
}

/** The message, or what is wrong with the line, of which nothing is quoted. */
export function readLivenessLine(line: string): LivenessMessage | string {
  try {
    const parsed = LivenessMessage.safeParse(JSON.parse(line));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return `${issue?.path.join('.') || 'the message'}: ${issue?.message ?? 'not of the protocol'}`;
  } catch {
    return 'it is no JSON';
  }
}
