/** The process that a pid file, a service of systemd or a command line names. */
import type { OfEngine } from '../probes/probe.js';
import type { ProcessSettings } from '../kinds/process.js';
import { byCommand } from './command.js';
import { keepFinding, type Finder } from './finding.js';
import { inPidFile } from './pid-file.js';
import { defineSource } from './source.js';
import { inUnit } from './unit.js';

export const processSource = defineSource('process', async (entry, watch, of) => {
  const finder = finderOf(entry, of);
  return finder === null ? { stop: async () => undefined } : keepFinding(finder, watch, of);
});

function finderOf(
  { pidFile, unit, match }: ProcessSettings,
  { executable }: OfEngine,
): Finder | null {
  if (pidFile !== undefined) return inPidFile(pidFile);
  if (unit !== undefined) return inUnit(unit);
  if (match === undefined) return null;
  return byCommand({ command: match.command, executable: match.executable ?? executable });
}
