/** The process that a pid file, a service of systemd or a command line names. */
import type { OfEngine, Running } from '../probes/probe.js';
import type { ProcessSettings } from '../kinds/process.js';
import { byCommand } from './command.js';
import { keepFinding, type Finder } from './finding.js';
import { inPidFile } from './pid-file.js';
import { defineSource } from './source.js';
import { inUnit } from './unit.js';

const NOTHING: Running = { stop: async () => undefined };

const processSource = defineSource('process', async (entry, watch, of) => {
  const finder = finderOf(entry, of);
  return finder === null ? NOTHING : keepFinding(finder, watch, of);
});

/** Of probes that name a process only because they may be the only ones of their engine. */
const byMatch = (['health', 'core', 'log'] as const).map((kind) =>
  defineSource(kind, async ({ match }, watch, of) => {
    const finder = finderOf({ match }, of);
    return finder === null ? NOTHING : keepFinding(finder, watch, of);
  }),
);

const byUnit = defineSource('systemd', async ({ unit }, watch, of) =>
  keepFinding(inUnit(unit), watch, of),
);

export const processSources = [processSource, ...byMatch, byUnit];

export function finderOf(
  { pidFile, unit, match }: Pick<ProcessSettings, 'pidFile' | 'unit' | 'match'>,
  { executable }: Pick<OfEngine, 'executable'>,
): Finder | null {
  if (pidFile !== undefined) return inPidFile(pidFile);
  if (unit !== undefined) return inUnit(unit);
  if (match === undefined) return null;
  return byCommand({ command: match.command, executable: match.executable ?? executable });
}
