/** Who may answer a gate: by role, and by a key of their own. */
import { z } from 'zod';

export const Approver = z.object({
  name: z.string().min(1),
  roles: z.array(z.string().min(1)).min(1),
  publicKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be an Ed25519 public key: 64 hex digits')
    .describe('Ed25519 public key, 64 hex digits'),
});
export type Approver = z.infer<typeof Approver>;
