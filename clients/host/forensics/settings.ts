/** What is configured of the evidence itself: how much of it there may be, and for how long. */
import { z } from 'zod';

const MIB = 1_048_576;
const GIB = 1_024 * MIB;

export const EvidenceSettings = z.strictObject({
  evidenceBytes: z
    .number()
    .int()
    .min(MIB / 16)
    .max(GIB)
    .default(2 * MIB)
    .describe('all texts of one crash together; cores are bounded apart'),
  cores: z
    .strictObject({
      keep: z.number().int().min(1).max(1_000).default(5).describe('the newest so many'),
      maxBytes: z
        .number()
        .int()
        .min(MIB)
        .max(Number.MAX_SAFE_INTEGER)
        .default(64 * GIB)
        .describe('of an engine together; the newest stays, however large'),
      days: z.number().int().min(1).max(3_650).default(30),
    })
    .prefault({})
    .describe('cores in the evidence, until they are removed; those of open incidents stay'),
});
