/** What `relight keys --json` and `relight keys test --json` print. */
import { z } from 'zod';

const Key = z.strictObject({
  key: z.string().describe('its kind, and its public key or its fingerprint'),
  from: z.string().nullable().describe('as it is written; null: since ever'),
  until: z.string().nullable().describe('as it is written; null: without end'),
  revoked: z.string().nullable(),
  counts: z.boolean().describe('a signature with it counts now'),
  why: z.string().nullable().describe('why not; for people'),
});

const Person = z.strictObject({
  name: z.string(),
  roles: z.array(z.string()),
  keys: z.array(Key),
  endsAt: z.string().nullable().describe('ISO 8601: when their last key that counts now ends'),
});

const Gates = z.strictObject({
  engineId: z.string(),
  kinds: z.array(z.string()),
  roles: z.array(z.string()).describe('one of them is enough'),
  quorum: z.number().int().describe('so many people must approve'),
  able: z.array(z.string()).describe('who may answer now, by name'),
  enough: z.boolean(),
});

export const KeysAnswer = z.strictObject({ people: z.array(Person), gates: z.array(Gates) });
export type KeysAnswer = z.infer<typeof KeysAnswer>;

export const KeyTestAnswer = z.strictObject({
  counts: z.boolean(),
  why: z.string().nullable().describe('why not; for people'),
  key: z.string().nullable().describe('that has signed; null where it is none of theirs'),
  endsAt: z.string().nullable(),
  mayAnswer: z.array(z.strictObject({ engineId: z.string(), kinds: z.array(z.string()) })),
});
export type KeyTestAnswer = z.infer<typeof KeyTestAnswer>;
