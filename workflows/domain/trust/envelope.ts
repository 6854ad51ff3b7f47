/**
 * What binds a signed message to its one use: to whom it goes, what it is, and an id that no other has.
 * It stands inside of what is signed, so a recorded message cannot come back as another one.
 */
import { z } from 'zod';

/**
 * `to`: the workflow, or the task queue of an activity. `name`: of the workflow, message or activity.
 * `run`: of the workflow that sent it; only workflows have one.
 */
export const Sent = z.strictObject({
  to: z.string().min(1).max(1_200),
  name: z.string().min(1).max(200),
  id: z.string().min(1).max(200),
  atMs: z.number().int().nonnegative(),
  run: z.string().min(1).max(200).optional(),
});
export type Sent = z.infer<typeof Sent>;

/** The field of a message that holds it. */
const ENVELOPE = 'sent';

export interface Address {
  to: string;
  name: string;
  /** The run that must have sent it; null where any may have. */
  run: string | null;
}

/** What a message carries; null where it carries none that can be read. */
export function envelopeOf(message: unknown): Sent | null {
  if (!isObject(message)) return null;
  const parsed = Sent.safeParse(message[ENVELOPE]);
  return parsed.success ? parsed.data : null;
}

/** Why the message is not meant for here, as the end of a sentence; null where it is. */
export function misdirected(sent: Sent | null, address: Address): string | null {
  if (sent === null) return 'does not say for whom it is';
  if (sent.to !== address.to) return `is for "${sent.to}", not for "${address.to}"`;
  if (sent.name !== address.name) return `was sent as "${sent.name}", not as "${address.name}"`;
  return address.run !== null && sent.run !== address.run
    ? 'was sent by another run of a workflow'
    : null;
}

/** The message as its sender meant it. What is no object is what it was. */
export function withoutEnvelope(message: unknown): unknown {
  if (!isObject(message) || !Object.hasOwn(message, ENVELOPE)) return message;
  const { [ENVELOPE]: _sent, ...content } = message;
  return content;
}

export function withEnvelope(message: unknown, sent: Sent): unknown {
  if (message === undefined) return { [ENVELOPE]: sent };
  return isObject(message) ? { ...message, [ENVELOPE]: sent } : message;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
