/**
 * Ids of messages that were taken, so that none is taken twice.
 *
 * Invariants: of a bounded number; what is older than all that is remembered counts as heard, because
 * it may have been forgotten; no sender's clock can move that limit far beyond the receiver's own.
 */
import { z } from 'zod';
import type { Sent } from './envelope.js';

export const Heard = z.strictObject({
  /** Of messages that were sent before, all are taken for heard. */
  fromMs: z.number().int(),
  messages: z
    .array(z.strictObject({ id: z.string().min(1).max(200), atMs: z.number().int().nonnegative() }))
    .max(1_000),
});
export type Heard = z.infer<typeof Heard>;

const REMEMBERED = 500;
/** By so much a sender's clock may be ahead, or behind when a workflow begins. */
const WRONG_CLOCK_MS = 300_000;

/** A workflow that begins knows of nothing before it. */
export function heardNothing(beganAtMs: number): Heard {
  return { fromMs: beganAtMs - WRONG_CLOCK_MS, messages: [] };
}

/** Why a message is not taken, as the end of a sentence; null where it is new. */
export function heardBefore(heard: Heard, { id, atMs }: Sent, nowMs: number): string | null {
  if (heard.messages.some((message) => message.id === id)) return 'has been taken before';
  if (atMs > nowMs + WRONG_CLOCK_MS) return 'is of the future: is the clock of its sender right?';
  return atMs < heard.fromMs
    ? 'is too old to tell whether it was taken before: is the clock of its sender right?'
    : null;
}

export function withHeard(heard: Heard, { id, atMs }: Sent): Heard {
  const messages = [...heard.messages, { id, atMs }].sort((a, b) => a.atMs - b.atMs);
  const forgotten = messages.slice(0, Math.max(0, messages.length - REMEMBERED));
  const fromMs = Math.max(heard.fromMs, ...forgotten.map((message) => message.atMs + 1));
  return { fromMs, messages: messages.slice(forgotten.length) };
}
