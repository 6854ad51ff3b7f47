/**
 * Runs scenarios in virtual time and prints what each amounts to, one JSON object a line. A process of its own,
 * because the time of this one is not the machine's: `simulate.ts SEED NAME...`.
 */
import '../time/installed.js';
import type { Told } from './told.js';

const { bundledCode } = await import('../../workers/processes/bundled.js');
const { SCENARIOS } = await import('../../workflows/fakes/recording/scenarios.js');
const { tell } = await import('./told.js');
const { inFakedWorld } = await import('../world/faked.js');

const [seed = '', ...names] = process.argv.slice(2);
const code = await bundledCode();
for (const { name, run } of SCENARIOS.filter((each) => names.includes(each.name))) {
  const told = await inFakedWorld({ seed, code }, async (world): Promise<Told> => {
    const told_ = await tell(world.client, name, await run(world));
    const [broken] = world.server.tasks.nondeterminism;
    if (broken !== undefined) throw new Error(`not the same again: ${JSON.stringify(broken)}`);
    return told_;
  });
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
process.exit(0); // what simulated workers wait for never comes
