/** Scenarios in virtual time, from a process that has no other. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Simulated } from './told.js';

const SIMULATE = fileURLToPath(new URL('./simulate.ts', import.meta.url));

/** Fails with what the process said where one of them does not end. */
export function simulated(seeds: readonly string[], names: readonly string[]): Simulated[] {
  const args = ['--import', 'tsx', SIMULATE, seeds.join(','), ...names];
  const lines = execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Simulated);
}
