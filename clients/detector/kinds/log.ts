/** `log`: a line in a log of the engine by which it tells that it is dead, or hangs. */
import { z } from 'zod';
import { defineKind } from './kind.js';
import { Match } from './naming.js';
import { Path, pattern } from './values.js';

export const LogSettings = z.strictObject({
  kind: z.literal('log'),
  file: Path.describe('the log itself, and no link to it'),
  line: pattern('FATAL').describe('regular expression that a line of it matches'),
  means: z
    .enum(['dead', 'hung'])
    .describe('what such a line says: dead counts when the process is gone, hung while it lives'),
  match: Match.optional(),
  everyMs: z
    .number()
    .int()
    .min(50)
    .max(60_000)
    .default(1_000)
    .describe('how often what is new is read'),
});
export type LogSettings = z.infer<typeof LogSettings>;

export const logKind = defineKind({
  kind: 'log',
  Settings: LogSettings,
  paths: { file: 'own' },
  names: ({ match }) => match !== undefined,
});
