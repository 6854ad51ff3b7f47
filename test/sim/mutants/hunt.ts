/**
 * `npm run mutants`: each planted bug, and which seed finds it first, by which invariant.
 *
 * Invariants: a seed that breaks without the bug finds nothing; a seed whose plan cannot reach the bug counts, and is
 * not run; the exit code is 0 only where each was found.
 */
import { parseArgs } from 'node:util';
import type { Breach } from '../oracle/judge.js';
import { Simulators } from '../command/pool.js';
import type { Mutant } from './mutant.js';
import { MUTANTS } from './mutants.js';
import { MUTANT } from './planted.js';
import { SHOWN_BY } from './shown-by.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '200' },
    most: { type: 'string', default: '200' },
    only: { type: 'string' },
  },
});
const [seed, seeds, most] = [values.seed, values.runs, values.most].map(Number) as [
  number,
  number,
  number,
];
if (!Number.isInteger(seed) || !(seeds >= 1) || !(most >= 1)) {
  process.stderr.write('--seed, --runs and --most are whole numbers\n');
  process.exit(2);
}

const wanted = MUTANTS.filter(({ name }) => values.only?.split(',').includes(name) ?? true);
const sound = new Simulators(1);

interface Hunt {
  /** Simulations that were run, of the seeds that were drawn. */
  runs: number;
  seeds: number;
  found: { seed: number; breaches: Breach[] } | null;
}

async function hunted({ name, level }: Mutant): Promise<Hunt> {
  const simulators = new Simulators(1, { [MUTANT]: name });
  const needs = SHOWN_BY[name] ?? [];
  const hunt: Hunt = { runs: 0, seeds: 0, found: null };
  try {
    for (let at = seed; at < seed + seeds && hunt.runs < most; at += 1) {
      const asked = { level, mix: 'harsh', seed: String(at), needs } as const;
      const { breaches, virtualMs } = await simulators.ask(asked);
      hunt.seeds += 1;
      if (virtualMs > 0 || breaches.length > 0) hunt.runs += 1;
      if (breaches.length === 0) continue;
      const without = await sound.ask(asked);
      if (without.breaches.length > 0) continue;
      hunt.found = { seed: at, breaches };
      return hunt;
    }
    return hunt;
  } finally {
    simulators.close();
  }
}

function words({ runs, seeds: drawn, found }: Hunt): string {
  if (found === null) return `NOT FOUND in ${drawn} seeds, ${runs} of them run`;
  const by = [...new Set(found.breaches.map(({ invariant }) => invariant))].join(', ');
  const what = found.breaches[0]?.what.slice(0, 120);
  return `seed ${found.seed}, the ${drawn}. seed, ${runs} of them run, ${by}: ${what}`;
}

let missed = 0;
for (const mutant of wanted) {
  const hunt = await hunted(mutant);
  if (hunt.found === null) missed += 1;
  process.stdout.write(`${mutant.name} (${mutant.fault}): ${words(hunt)}\n`);
}
sound.close();
process.stdout.write(`${wanted.length - missed} of ${wanted.length} found\n`);
process.exitCode = missed === 0 ? 0 : 1;
