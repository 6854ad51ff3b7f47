/**
 * `npm run mutants`: each planted bug, and which seed finds it first, by which invariant.
 *
 * Invariant: the exit code is 0 only where each was found.
 */
import { parseArgs } from 'node:util';
import { Simulators } from '../command/pool.js';
import type { Mutant } from './mutant.js';
import { MUTANTS } from './mutants.js';
import { MUTANT } from './planted.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '200' },
    only: { type: 'string' },
  },
});
const [seed, runs] = [Number(values.seed), Number(values.runs)];
if (!Number.isInteger(seed) || !(runs >= 1)) {
  process.stderr.write('--seed and --runs are whole numbers\n');
  process.exit(2);
}

const wanted = MUTANTS.filter(({ name }) => values.only?.split(',').includes(name) ?? true);

async function hunted({ name, level }: Mutant): Promise<string | null> {
  const simulators = new Simulators(1, { [MUTANT]: name });
  try {
    for (let at = seed; at < seed + runs; at += 1) {
      const asked = { level, mix: 'harsh', seed: String(at) } as const;
      const { breaches } = await simulators.ask(asked);
      const [first] = breaches;
      if (first === undefined) continue;
      const by = [...new Set(breaches.map(({ invariant }) => invariant))].join(', ');
      return `seed ${at} after ${at - seed + 1} runs, ${by}: ${first.what.slice(0, 120)}`;
    }
    return null;
  } finally {
    simulators.close();
  }
}

let missed = 0;
for (const mutant of wanted) {
  const found = await hunted(mutant);
  if (found === null) missed += 1;
  const told = found ?? `NOT FOUND in ${runs} runs`;
  process.stdout.write(`${mutant.name} (${mutant.fault}): ${told}\n`);
}
process.stdout.write(`${wanted.length - missed} of ${wanted.length} found\n`);
process.exitCode = missed === 0 ? 0 : 1;
