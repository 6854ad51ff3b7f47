/**
 * `npm run sim`: many incidents by their seeds, in one process or two, what they came to, and what broke: made small,
 * and told.
 *
 * Invariant: the exit code is 0 only where nothing broke.
 */
import { shrunk } from '../faults/shrink.js';
import { LEVEL_NAMES, type LevelName } from '../levels/level.js';
import type { Answered } from './asked.js';
import { BadFlag, flagsOf, USAGE, type Flags } from './flags.js';
import { keep, tallySoFar } from './kept.js';
import { seedsFrom, Simulators } from './pool.js';
import { storyLines, type Tally } from './tally.js';

/** Beside each other they would tell the same: what is told in full is one of each kind. */
const MOST_TOLD = 5;
const MOST_TRIES = 60;
const PROGRESS_MS = 10_000;

/** And what there is of them already. */
function asked(): { flagged: Flags; tally: Tally } {
  try {
    const flagged = flagsOf(process.argv.slice(2));
    return { flagged, tally: tallySoFar(flagged) };
  } catch (error) {
    if (!(error instanceof BadFlag)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** So many are lost where a hunt ends early. */
const BATCH = 100;

async function runAll(simulators: Simulators, flagged: Flags, tally: Tally): Promise<void> {
  const say = progressOf(flagged.runs, tally);
  const { seed, runs, level, mix, only } = flagged;
  const simulate = async (at: number): Promise<void> => {
    const simulation = { level: levelAt(level, at), mix, seed: String(at) };
    tally.add(await simulators.ask(only === undefined ? simulation : { ...simulation, only }));
    say();
  };
  while (tally.runs < runs) {
    await Promise.all(
      seedsFrom(seed + tally.runs, Math.min(BATCH, runs - tally.runs)).map(simulate),
    );
    keep(flagged, tally);
  }
}

function progressOf(runs: number, tally: Tally): () => void {
  let saidMs = Date.now();
  return () => {
    if (Date.now() - saidMs < PROGRESS_MS) return;
    saidMs = Date.now();
    process.stderr.write(`${tally.runs} of ${runs}, ${tally.broken.length} broken\n`);
  };
}

function levelAt(level: Flags['level'], seed: number): LevelName {
  if (level !== 'all') return level;
  return LEVEL_NAMES[seed % LEVEL_NAMES.length] ?? 'workflows';
}

const kindOf = ({ breaches }: Answered) => breaches[0]?.invariant;

/** With as few faults as break the same, and its story. */
async function small(simulators: Simulators, broken: Answered) {
  const { level, mix, seed } = broken;
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

const { flagged, tally } = asked();
if (flagged.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
const simulators = new Simulators(flagged.processes);
await runAll(simulators, flagged, tally);
const kinds = new Map(tally.broken.toReversed().map((each) => [kindOf(each), each]));
const told: Answered[] = [];
for (const each of [...kinds.values()].slice(0, MOST_TOLD)) {
  told.push(await small(simulators, each));
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
