/**
 * How many incidents an hour two processes simulate, by level and mix of faults. Each seed is judged, and those that
 * break something are told.
 */
import type { Mix } from '../sim/faults/draw.js';
import type { LevelName } from '../sim/levels/level.js';
import { seedsFrom, Simulators } from '../sim/command/pool.js';

const HOUR_MS = 3_600_000;
const PROCESSES = 2;
/** Whatever is loaded and compiled first is not what is measured. */
const WARM_UP = 10;

export interface Measured {
  level: LevelName;
  mix: Mix;
  anHour: number;
  /** Seeds. */
  broken: string[];
}

export async function measureSimulation(
  level: LevelName,
  mix: Mix,
  runs: number,
): Promise<Measured> {
  const broken: string[] = [];
  const simulators = new Simulators(PROCESSES);
  const simulate = async (at: number): Promise<void> => {
    const { seed, breaches } = await simulators.ask({ level, mix, seed: String(at) });
    if (breaches.length > 0) broken.push(seed);
  };
  const all = async (first: number, count: number) =>
    Promise.all(seedsFrom(first, count).map(simulate));
  try {
    await all(0, WARM_UP);
    const began = performance.now();
    await all(WARM_UP, runs);
    return { level, mix, anHour: (runs * HOUR_MS) / (performance.now() - began), broken };
  } finally {
    simulators.close();
  }
}
