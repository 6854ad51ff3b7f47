/** Scenarios in virtual time, from a process that has no other. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Level } from '../world/around.js';
import type { IncidentTold } from './incident-scenarios.js';
import type { Simulated } from './told.js';

const INCIDENTS = fileURLToPath(new URL('./incidents.ts', import.meta.url));
const SIMULATE = fileURLToPath(new URL('./simulate.ts', import.meta.url));

/** Fails with what the process said where one of them does not end. */
export function simulated(seeds: readonly string[], names: readonly string[]): Simulated[] {
  return told<Simulated>([SIMULATE, seeds.join(','), ...names]);
}

/** Whole incidents, by their names in `incident-scenarios.ts`. */
export function incidents(
  seeds: readonly string[],
  names: readonly string[],
  level: Level = 'ports',
): IncidentTold[] {
  return told<IncidentTold>([INCIDENTS, seeds.join(','), names.join(','), level]);
}

function told<T>(args: string[]): T[] {
  const all = ['--import', 'tsx', ...args];
  const lines = execFileSync(process.execPath, all, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}
