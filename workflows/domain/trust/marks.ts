/**
 * Who a message is from, as the codec of the messages has found it: by which key it is signed, or why
 * it proves nothing. A mark is a finding, never a judgement: what is done with it is for the receiver.
 */
import { z } from 'zod';
import { HostName } from '../content/names.js';

/** What a key stands for. A key of a host speaks for that host alone. */
export const Role = z.enum(['control', 'host', 'operator']);
export type Role = z.infer<typeof Role>;

export const Sender = z.strictObject({
  role: Role,
  host: HostName.nullable(),
  keyId: z.string().min(1).max(100),
});
export type Sender = z.infer<typeof Sender>;

export const Mark = z.union([
  z.strictObject({ by: Sender }),
  z.strictObject({ refused: z.string() }),
  /** `signedSinceMs`: when the keys were made; what is older than they could not be signed. */
  z.strictObject({ unsigned: z.literal(true), signedSinceMs: z.number().optional() }),
]);
export type Mark = z.infer<typeof Mark>;

/** Null where nobody stands for it. */
export function senderOf(mark: Mark): Sender | null {
  return 'by' in mark ? mark.by : null;
}

/** As the part of a sentence that follows "it is". */
export function markWords(mark: Mark): string {
  if ('unsigned' in mark) return 'not signed';
  if ('refused' in mark) return mark.refused;
  return `signed by ${senderWords(mark.by)}`;
}

export function senderWords({ role, host, keyId }: Sender): string {
  return `${host === null ? role : `${role} "${host}"`} (key ${keyId})`;
}
