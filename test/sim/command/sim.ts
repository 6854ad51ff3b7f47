/**
 * `npm run sim`: many incidents by their seeds, in one process or two, what they came to, and what broke: made small,
 * and told.
 *
 * Invariant: the exit code is 0 only where nothing broke.
 */
import { shrunk } from '../faults/shrink.js';
import type { Answered } from './asked.js';
import { BadFlag, flagsOf, USAGE, type Flags } from './flags.js';
import { Simulators } from './pool.js';
import { storyLines, Tally } from './tally.js';

/** Beside each other they would tell the same: what is told in full is one of each kind. */
const MOST_TOLD = 5;
const MOST_TRIES = 60;
const PROGRESS_MS = 10_000;

function flags(): Flags {
  try {
    return flagsOf(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof BadFlag)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

async function runAll(simulators: Simulators, flagged: Flags): Promise<Tally> {
  const { seed, runs, level, mix, only, processes } = flagged;
  const tally = new Tally();
  let next = 0;
  let saidMs = Date.now();
  const one = async (): Promise<void> => {
    while (next < runs) {
      const asked = {
        level,
        mix,
        seed: String(seed + next++),
        ...(only !== undefined && { only }),
      };
      tally.add(await simulators.ask(asked));
      if (Date.now() - saidMs < PROGRESS_MS) continue;
      saidMs = Date.now();
      process.stderr.write(`${tally.runs} of ${runs}, ${tally.broken.length} broken\n`);
    }
  };
  await Promise.all(Array.from({ length: processes }, one));
  return tally;
}

const kindOf = ({ breaches }: Answered) => breaches[0]?.invariant;

/** With as few faults as break the same, and its story. */
async function small(simulators: Simulators, { level, mix }: Flags, broken: Answered) {
  const { seed } = broken;
  const kind = kindOf(broken);
  const plan = await shrunk(
    broken.plan,
    async (fewer) => {
      const { breaches } = await simulators.ask({ level, mix, seed, plan: [...fewer] });
      return breaches.some(({ invariant }) => invariant === kind);
    },
    MOST_TRIES,
  );
  return simulators.ask({ level, mix, seed, plan: [...plan], told: true });
}

const flagged = flags();
if (flagged.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
const simulators = new Simulators(flagged.processes);
const tally = await runAll(simulators, flagged);
const kinds = new Map(tally.broken.toReversed().map((each) => [kindOf(each), each]));
const told: Answered[] = [];
for (const each of [...kinds.values()].slice(0, MOST_TOLD)) {
  told.push(await small(simulators, flagged, each));
}
simulators.close();
const { runs, cpuMs, perHourAndCore, needingNobody, unasked, byInvariant, coverage } = tally;
const seeds = tally.broken.map(({ seed }) => seed);
process.stdout.write(
  flagged.json
    ? `${JSON.stringify({ runs, cpuMs, perHourAndCore, needingNobody, unasked, byInvariant, seeds, coverage, told })}\n`
    : `${[...told.flatMap(storyLines), ...tally.lines()].join('\n')}\n`,
);
if (seeds.length > 0) process.stderr.write(`broken seeds: ${seeds.join(', ')}\n`);
process.exitCode = seeds.length > 0 ? 1 : 0;
