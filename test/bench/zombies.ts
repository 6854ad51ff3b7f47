/**
 * Schedules in which an attempt is stopped at some pause, given up, and woken when the next engine
 * trades: drawn from a seed, so that one that fails can be run again. Fails with the first that does.
 */
import { VENUE_IDS, type VenueId } from '../../sandbox/venues/index.js';
import { seededRandom } from '../../sandbox/venues/market/random.js';
import { zombieOfContainment, zombieOfStart, zombieOfStop } from '../activities/zombies/scene.js';
import { openBench, type Bench } from '../clients/exchange/bench.js';
import {
  runSchedule,
  type Plan,
  type Plans,
  type Stopped,
} from '../workers/processes/zombies/scene.js';
import { openZombieWorld } from '../workers/processes/zombies/world.js';

/** About as many as each comes by; one that is drawn beyond its end is stopped nowhere. */
const PAUSES = { containment: 26, start: 26, stop: 15 };

/** How many were stopped, of so many schedules. */
export async function runZombies({ seed, schedules }: { seed: string; schedules: number }) {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const bench = await openBench();
  let stopped = 0;
  try {
    for (let at = 0; at < schedules; at += 1) {
      const zombie = await oneOf(bench, { at, below, run: `z${at}` });
      if (zombie.stopped) stopped += 1;
    }
  } finally {
    await bench.venues.close();
  }
  return { stopped, schedules };
}

async function oneOf(
  bench: Bench,
  { at, below, run }: { at: number; below: (limit: number) => number; run: string },
) {
  if (at % 4 === 2) return zombieOfStart(1 + below(PAUSES.start));
  if (at % 4 === 3) return zombieOfStop(1 + below(PAUSES.stop));
  const venue = VENUE_IDS[below(VENUE_IDS.length)] as VenueId;
  const stopAt = 1 + below(PAUSES.containment);
  return zombieOfContainment(bench, { venue, orders: 1 + below(6), stopAt, run });
}

/** Pauses of real workers: about as many of each kind as an activity comes by. */
const PLACES: Record<Stopped, Partial<Record<Plan['where'], number>>> = {
  containRisk: { request: 9, answer: 9, clock: 200, disk: 30 },
  startEngine: { spawn: 2, disk: 300, clock: 20 },
  stopEngine: { request: 1, answer: 1, kill: 1, disk: 60, clock: 12 },
};

/** A busy event loop; the lease held and nothing written yet; two pauses in one life. */
const SIBLINGS: Plans[] = [
  { containRisk: { where: 'request', at: [2], busyMs: 15_000 } },
  { startEngine: { where: 'spawn', at: [2], busyMs: 15_000 } },
  { containRisk: { where: 'request', at: [1] } },
  { containRisk: { where: 'answer', at: [1, 4] } },
];

/** Two in each recovery, containment and one of the host, after the siblings; fails with the first. */
export async function runRealZombies({ seed, schedules }: { seed: string; schedules: number }) {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const drawn = Array.from({ length: schedules / 2 }, (_, at): Plans => {
    const ofHost = at % 2 === 0 ? 'startEngine' : 'stopEngine';
    return { containRisk: planOf('containRisk', below), [ofHost]: planOf(ofHost, below) };
  });
  const world = await openZombieWorld();
  let stopped = 0;
  try {
    const all = [...SIBLINGS, ...drawn];
    for (const [at, plans] of all.entries()) {
      process.stderr.write(`  ${at + 1} of ${all.length}: ${JSON.stringify(plans)}\n`);
      stopped += (await runSchedule(world, plans)).length;
    }
  } finally {
    await world.close();
  }
  return { stopped, schedules: schedules + SIBLINGS.length };
}

function planOf(activity: Stopped, below: (limit: number) => number): Plan {
  const places = Object.entries(PLACES[activity]) as [Plan['where'], number][];
  const [where, pauses] = places[below(places.length)] ?? ['disk', 1];
  return { where, at: [1 + below(pauses)] };
}
