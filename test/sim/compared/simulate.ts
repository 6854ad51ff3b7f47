/**
 * Runs scenarios in virtual time and prints what each amounts to, one JSON object a line. A process of its own,
 * because the time of this one is not the machine's: `simulate.ts SEED,SEED... NAME...`.
 */
import '../time/installed.js';
import type { Simulated } from './told.js';

const { bundledCode } = await import('../../workers/processes/bundled.js');
const { SCENARIOS } = await import('../../workflows/fakes/recording/scenarios.js');
const { digestOf } = await import('./digest.js');
const { tell } = await import('./told.js');
const { inFakedWorld } = await import('../world/faked.js');

const [seeds = '', ...names] = process.argv.slice(2);
const code = await bundledCode();
for (const seed of seeds.split(',')) {
  for (const { name, run } of SCENARIOS.filter((each) => names.includes(each.name))) {
    const told = await inFakedWorld({ seed, code }, async (world): Promise<Simulated> => {
      const { server, client } = world;
      const ended = await tell(client, name, await run(world));
      const [broken] = server.tasks.nondeterminism;
      if (broken !== undefined) throw new Error(`not the same again: ${JSON.stringify(broken)}`);
      return { ...ended, seed, digest: digestOf(server) };
    });
    await said(`${JSON.stringify(told)}\n`);
  }
}
/** A pipe takes it when it is read. */
async function said(line: string): Promise<void> {
  await new Promise<void>((resolve) => void process.stdout.write(line, () => resolve()));
}

process.exit(0); // what simulated workers wait for never comes
