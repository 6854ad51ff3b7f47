/**
 * Runs incidents in virtual time and prints what each amounts to, one JSON object a line:
 * `incidents.ts SEED,SEED... SCENARIO,SCENARIO... [LEVEL]`.
 */
import '../time/installed.js';
import type { IncidentTold } from './incident-scenarios.js';

const { bundledCode } = await import('../../workers/processes/bundled.js');
const { INCIDENTS, tellIncident } = await import('./incident-scenarios.js');

const [seeds = '', names = '', level = 'ports'] = process.argv.slice(2);
const code = await bundledCode();
for (const seed of seeds.split(',')) {
  for (const name of names.split(',')) {
    const scenario = INCIDENTS[name];
    if (scenario === undefined) throw new Error(`no incident is called ${name}`);
    const told = await tellIncident(
      { seed, code, level: level === 'wire' ? 'wire' : 'ports' },
      scenario,
    );
    await said(`${JSON.stringify({ ...told, seed, name } satisfies IncidentTold)}\n`);
  }
}

/** A pipe takes it when it is read. */
async function said(line: string): Promise<void> {
  await new Promise<void>((resolve) => void process.stdout.write(line, () => resolve()));
}

process.exit(0); // what simulated processes wait for never comes
