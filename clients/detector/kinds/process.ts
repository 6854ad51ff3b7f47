/** `process`: the process table, by which the process itself may be named. */
import { z } from 'zod';
import { defineKind } from './kind.js';
import { Match, Unit } from './naming.js';
import { Path } from './values.js';

export const ProcessSettings = z
  .strictObject({
    kind: z.literal('process'),
    pidFile: Path.optional().describe('a file that names its pid'),
    match: Match.optional(),
    unit: Unit.optional(),
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
