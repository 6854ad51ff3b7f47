/** `npm start`: a trading engine dies, and is recovered before your eyes. See sandbox/demo/. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { print, printJson, say } from '../clients/cli/output.js';
import { findTemporalCli } from '../clients/temporal/embedded/index.js';
import { comparisonTable, here, summary } from './demo/print.js';
import { failedResult } from './demo/result.js';
import { runScenario } from './demo/run.js';
import { scenarioOf, SCENARIOS, type Scenario } from './demo/scenarios.js';
import { DEMO_WINDOWS } from './demo/settings.js';
import { pidsOf, startWorld, type World } from './demo/world.js';
import { flagsOrEnd } from './flags.js';

const DEFAULT_ORDERS = 12;
const OOM_LIMIT_BYTES = 640 * 1024 * 1024;

const USAGE = `npm start -- [--scenario NAME] [--orders N] [--keep] [--json]

  --scenario NAME  ${SCENARIOS.join(', ')}
  --orders N       how many orders are open at the crash (default ${DEFAULT_ORDERS})
  --keep           leave everything running, and print the addresses
  --json           one JSON document on stdout (docs/demo-result.schema.json)`;

const Flags = z.object({
  scenario: z.enum(SCENARIOS).default('segfault'),
  orders: z.coerce.number().int().min(8).max(100_000).default(DEFAULT_ORDERS),
  keep: z.boolean().default(false),
  json: z.boolean().default(false),
  help: z.boolean().default(false),
});
type Flags = z.infer<typeof Flags>;

/** Null where help is wanted. */
function readFlags(): Flags | null {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string' },
      orders: { type: 'string' },
      keep: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const { data, error } = Flags.safeParse(values);
  if (data === undefined) throw new Error(z.prettifyError(error));
  return data.help ? null : data;
}

async function demo(flags: Flags): Promise<number> {
  const scenario = scenarioOf(flags.scenario);
  const folder = resolve('.relight', `demo-${new Date().toISOString().replaceAll(/[:.]/g, '')}`);
  mkdirSync(folder, { recursive: true });
  say(`Relight demo, scenario ${scenario.name}: ${scenario.story}.`);
  say(
    'Windows are shortened for the demo: settle 1 s (the procedure has 5 s), soak 2 s (30 s), ' +
      'monitoring 6 s each 1 s (60 s each 5 s), heartbeat alarm 3 s (10 s).',
  );
  const temporalCli = await findTemporalCli({ env: process.env, onProgress: say });
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interruption.abort());
  }
  const world = await startWorld({
    folder,
    orders: flags.orders,
    windows: DEMO_WINDOWS,
    temporalCli,
    say: (line) => say(`         ${line}`),
    ...(scenario.name === 'oom' ? { memoryLimitBytes: OOM_LIMIT_BYTES } : {}),
  });
  return withWorld(world, { flags, scenario, interruption: interruption.signal });
}

interface Stage {
  flags: Flags;
  scenario: Scenario;
  interruption: AbortSignal;
}

/** Whatever way it ends, every process is ended too; or kept on purpose, and then named. */
async function withWorld(world: World, { flags, scenario, interruption }: Stage): Promise<number> {
  try {
    const { result, comparison } = await Promise.race([
      runScenario(world, scenario, {
        orders: flags.orders,
        say: (line) => say(line.startsWith(' ') ? line : `         ${line}`),
      }),
      interrupted(interruption),
    ]);
    if (flags.json) printJson(result);
    else {
      if (comparison !== null) print(`\n${comparisonTable(comparison)}`);
      print(`\n${summary(result)}`);
    }
    return result.outcome === 'recovered' && result.ledger?.equal === true ? 0 : 1;
  } finally {
    if (flags.keep) await printAddresses(world);
    else await world.close();
    say(
      `Report, record and logs are in ${here(world.folder)}: remove it once you need it no more.`,
    );
  }
}

async function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(new Error('interrupted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
}

async function printAddresses(world: World): Promise<void> {
  const { access, files, temporal, folder } = world;
  const pids = await pidsOf(world);
  say('\nLeft running (--keep):');
  for (const [venue, url] of Object.entries(access.urls)) say(`  ${venue.padEnd(12)} ${url}`);
  say(`  engine       ${files.controlUrl}`);
  say(`  Temporal     ${temporal.address}`);
  say(`  Temporal UI  ${temporal.uiUrl ?? 'off'}`);
  say(`  folder       ${here(folder)}`);
  say(`  next         npx relight status --config ${here(files.relight)}`);
  say(`  stop         kill ${pids.join(' ')}`);
}

const flags = flagsOrEnd(USAGE, readFlags);
const exitCode = await demo(flags).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  say(`The demo failed: ${message}`);
  if (flags.json) printJson(failedResult(flags.scenario, message));
  return 1;
});
process.exit(exitCode);
