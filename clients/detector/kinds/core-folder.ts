/** `core`: a folder in which cores appear. */
import { z } from 'zod';
import { defineKind } from './kind.js';
import { Match } from './naming.js';
import { Path, period } from './values.js';

export const CoreSettings = z.strictObject({
  kind: z.literal('core'),
  folder: Path.optional().describe(
    'where cores appear; forensics.coreFolder where left out, and where the kernel, systemd or apport put them',
  ),
  name: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^/|@][^/]*$/, { error: 'must be a name as in core_pattern, such as core.%e.%p' })
    .optional()
    .describe("what cores are called there, as in core_pattern; the host's where left out"),
  match: Match.optional(),
  everyMs: period({ least: 100, usual: 2_000 }).describe(
    'how often it is looked at beside what the folder tells at once',
  ),
});
export type CoreSettings = z.infer<typeof CoreSettings>;

export const coreKind = defineKind({
  kind: 'core',
  Settings: CoreSettings,
  paths: { folder: 'shared' },
  names: ({ match }) => match !== undefined,
});
