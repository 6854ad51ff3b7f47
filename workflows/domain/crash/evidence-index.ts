/** What evidence of a crash there is, and where: its files stay on the engine's host. */
import { z } from 'zod';

export const EvidenceIndex = z.object({
  incidentId: z.string(),
  engineId: z.string(),
  instanceId: z.string(),
  host: z.string(),
  folder: z.string(),
  /** Null where a file was too large to be hashed while a recovery waits. */
  files: z.array(
    z.object({
      name: z.string(),
      bytes: z.number().int().nonnegative(),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
    }),
  ),
});
export type EvidenceFile = z.infer<typeof EvidenceIndex>['files'][number];
