/** `process`: the process table, by which the process itself may be named. */
import { z } from 'zod';
import { defineKind } from './kind.js';

const LONGEST_PATH = 4_096;
const LONGEST_PATTERN = 512;

const CommandPattern = z
  .string()
  .min(1)
  .max(LONGEST_PATTERN)
  .refine(isPattern, { error: 'is no regular expression: write one, such as "trading_engine"' });

export const ProcessSettings = z
  .strictObject({
    kind: z.literal('process'),
    pidFile: z.string().min(1).max(LONGEST_PATH).optional().describe('a file that names its pid'),
    match: z
      .strictObject({
        command: CommandPattern.describe(
          'regular expression that its command line matches, as with pgrep -f',
        ),
        executable: z
          .string()
          .startsWith('/', { error: 'must be a whole path, from / on' })
          .max(LONGEST_PATH)
          .optional()
          .describe('the file that it runs; forensics.executable where left out'),
      })
      .optional(),
    unit: z
      .string()
      .max(255)
      .regex(/^[\w:.@\\][\w:.@\\-]*\.service$/, {
        error: 'must be a unit of systemd, such as alpha.service',
      })
      .optional()
      .describe('the service of systemd whose main process it is'),
    everyMs: z.number().int().min(1).max(60_000).default(25).describe('how often it is looked at'),
  })
  .refine((entry) => waysOf(entry).length <= 1, {
    error: 'names a process in two ways: write an entry for each of pidFile, match and unit',
  });
export type ProcessSettings = z.infer<typeof ProcessSettings>;

export const processKind = defineKind({
  kind: 'process',
  Settings: ProcessSettings,
  paths: { pidFile: 'own' },
  names: (entry) => waysOf(entry).length > 0,
});

interface Ways {
  pidFile?: string | undefined;
  match?: object | undefined;
  unit?: string | undefined;
}

function waysOf({ pidFile, match, unit }: Ways): unknown[] {
  return [pidFile, match, unit].filter((way) => way !== undefined);
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== '';
  } catch {
    return false;
  }
}
