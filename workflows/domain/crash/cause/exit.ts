/** How the kernel says that a process ended: by a code, or by a signal; `core`: whether it wrote one. */
import { z } from 'zod';

export const Exit = z.object({
  code: z.number().int().nullable(),
  signal: z.string().nullable(),
  core: z.boolean().optional(),
});
export type Exit = z.infer<typeof Exit>;
