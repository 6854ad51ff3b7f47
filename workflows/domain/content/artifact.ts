/** A reference to content in the artifact store. Workflows carry references, never the content. */
import { z } from 'zod';

export const ArtifactRef = z.object({
  kind: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().nonnegative(),
});
export type ArtifactRef = z.infer<typeof ArtifactRef>;
