/**
 * A sandbox to work with by hand: simulated venues and a trading engine, and a configuration for
 * Relight beside them, with the procedure's own windows. Runs until it is told to stop. `--no-engine`: without
 * the engine, for one of your own.
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { say } from '../clients/cli/output.js';
import { findFreePort } from '../clients/temporal/embedded/index.js';
import { payFees } from './demo/fees.js';
import { PROCEDURE_WINDOWS, writeWorldFiles } from './demo/settings.js';
import { launchEngine } from './engine/launch.js';
import { createVenueAdmin } from './venues/admin-client.js';
import { flagsOrEnd } from './flags.js';
import { startVenues, type RunningVenues } from './venues/index.js';

const USAGE = `npm run sandbox -- [--no-engine] [--folder FOLDER] [--orders N] [--temporal ADDRESS]
                   [--host HOST] [--advertise HOST] [--probe-port PORT]

  --no-engine      without the engine, for one of your own
  --folder FOLDER  where configuration, secrets and logs go (default .relight/sandbox)
  --orders N       how many orders the engine keeps open (default 12)
  --temporal ADDRESS  of a server that runs; without it relight up brings its own
  --host HOST      where venues listen (default 127.0.0.1); --advertise: how others reach them
  --probe-port PORT   open while it serves, for health checks of containers

It runs until Ctrl-C, which ends the venues and its engine. An engine that Relight has started since is
Relight's, and goes on: end it with npx relight shutdown before that.`;

const OPTIONS = {
  allowNegative: true,
  options: {
    help: { type: 'boolean', default: false },
    engine: { type: 'boolean', default: true },
    folder: { type: 'string', default: join('.relight', 'sandbox') },
    host: { type: 'string', default: '127.0.0.1' },
    advertise: { type: 'string', default: '127.0.0.1' },
    temporal: { type: 'string' },
    orders: { type: 'string', default: '12' },
    'probe-port': { type: 'string' },
  },
} as const;

const flags = flagsOrEnd(USAGE, () => {
  const { values } = parseArgs(OPTIONS);
  if (!/^\d{1,6}$/.test(values.orders)) throw new Error('--orders: write a whole number');
  return values.help ? null : values;
});

async function writeFiles(venues: RunningVenues, folder: string) {
  const admin = createVenueAdmin(venues.adminUrl);
  await payFees(admin);
  return writeWorldFiles({
    folder,
    engineId: 'alpha',
    socket: join(folder, 'liveness.sock'),
    controlPort: await findFreePort(),
    orders: Number(flags.orders),
    access: venues,
    ledger: await admin.ledger(),
    windows: PROCEDURE_WINDOWS,
    containment: 'none',
    byAgent: false,
    passphrase: null,
    temporalAddress: flags.temporal ?? null,
  });
}

function lines(title: string, texts: readonly string[]): void {
  for (const [index, text] of texts.entries())
    say(`${(index === 0 ? title : '').padEnd(12)}${text}`);
}

const folder = resolve(flags.folder);
mkdirSync(folder, { recursive: true });
const venues = await startVenues({ listen: { host: flags.host, advertised: flags.advertise } });
const files = await writeFiles(venues, folder);
const engine = flags.engine ? launchEngine({ configFile: files.engine }) : null;
/** Open while the sandbox serves: for health checks of containers. */
const probePort = flags['probe-port'];
if (probePort !== undefined) createServer().listen(Number(probePort), flags.host);
const config = `--config ${files.relight}`;
const READING = [
  `npx relight positions ${config}   what the venues say, now`,
  `npx relight orders ${config}`,
];
lines(
  'venues',
  Object.entries(venues.urls).map(([venue, url]) => `${venue.padEnd(14)} ${url}`),
);
say(`admin       ${venues.adminUrl}`);
if (engine === null) tellWithoutEngine();
else tellOfEngine(engine.pid);

function tellOfEngine(pid: number | undefined): void {
  say(`engine      pid ${pid}, ${files.controlUrl}`);
  lines('next', [
    `npx relight up ${config}`,
    ...READING,
    `npx relight reconcile ${config}   engine against venues, now`,
    `npx relight watch ${config}   again and again, with alarms`,
  ]);
  say(`then        kill -SEGV ${pid}; npx relight status --watch ${config}`);
  say(`questions   npx relight gates ${config}   (your key: ${files.keyFile})`);
}

function tellWithoutEngine(): void {
  say(
    `keys        ${join(folder, 'secrets')}: VENUE.key and VENUE.secret, as your engine needs them`,
  );
  say(`engine      none: put yours in the place of alpha in ${files.relight}`);
  lines('next', READING);
}

say('stop        Ctrl-C; an engine that Relight has started since goes on: npx relight shutdown');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    engine?.kill('SIGTERM');
    void venues.close().finally(() => process.exit(0));
  });
}
