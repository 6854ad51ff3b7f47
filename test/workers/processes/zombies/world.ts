/**
 * Two workers of the control plane and several of the host, real processes of Relight at one real server, with
 * real venues and a real engine. A plan has one of them stand still at some pause of some activity.
 *
 * Invariant: when it is closed no process of it is left, also none that stands still.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import { createProcessTable } from '../../../../clients/host/process-table.js';
import { connectTemporal } from '../../../../clients/temporal/connect.js';
import {
  findFreePort,
  startEmbeddedTemporal,
} from '../../../../clients/temporal/embedded/index.js';
import { openMessages } from '../../../../clients/temporal/messages/index.js';
import { startPart, until, type Part } from '../../../../sandbox/demo/processes.js';
import {
  writeWorldFiles,
  type Windows,
  type WorldFiles,
} from '../../../../sandbox/demo/settings.js';
import { launchEngine } from '../../../../sandbox/engine/launch.js';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues, type RunningVenues } from '../../../../sandbox/venues/index.js';
import { nodeCommand, relightCommand } from '../../../../workers/processes/self.js';
import { SEARCH_ATTRIBUTES } from '../../../../workflows/search-attributes.js';
import { setting, temporalWith } from '../temporal-with.js';

export const ORDERS = 8;

const WINDOWS: Windows = {
  settleMs: 100,
  soakMs: 100,
  monitorMs: 300,
  checkEveryMs: 200,
  heartbeatAlarmMs: 2_500,
  gateReminderMs: 60_000,
  recheckMs: 1_000,
  arrivalMs: 500,
};

/** One more than ever stand still at once: a start that fails is stopped at once, while it stands still. */
const HOST_WORKERS = 3;

/** Else tasks lie for a minute with the long polls of a worker that stands still. */
const SHORT_POLLS = setting('matching.longPollExpirationInterval', '"4s"');

const beside = (name: string) => new URL(name, import.meta.url);

export interface ZombieWorld {
  files: WorldFiles;
  admin: VenueAdmin;
  client: Client;
  /** Where whoever takes a plan finds it. */
  plans: string;
  /** What a process of Relight has said. */
  said(pid: number): string;
  /** Pid of each process that was ever made for the engine, by instance; as the call was made. */
  started(): Map<string, Set<number>>;
  alive(): Promise<{ pid: number; instanceId: string | null }[]>;
  close(): Promise<void>;
}

interface Opening {
  folder: string;
  closing: (() => Promise<unknown>)[];
}

export async function openZombieWorld(): Promise<ZombieWorld> {
  const opening: Opening = { folder: mkdtempSync(join(tmpdir(), 'relight-zombies-')), closing: [] };
  const close = async () => {
    for (const end of opening.closing.toReversed()) await end();
    rmSync(opening.folder, { recursive: true, force: true, maxRetries: 9 });
  };
  try {
    return { ...(await openIn(opening)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openIn(opening: Opening): Promise<Omit<ZombieWorld, 'close'>> {
  const { folder, closing } = opening;
  const venues = await startVenues();
  closing.push(() => venues.close());
  const admin = createVenueAdmin(venues.adminUrl);
  const address = await openServer(opening);
  const files = await writeFiles(opening, { venues, admin, address });
  const other = otherWorker(opening, files);
  const plans = join(folder, 'plans');
  mkdirSync(plans);
  const parts = await startParts(opening, { files, other, plans });
  launchEngine({ configFile: files.engine });
  const processes = createProcessTable();
  closing.push(async () => {
    for (const engine of await processes.ofEngine(files.engineId))
      await processes.kill(engine, 'SIGKILL');
  });
  const settings = { address, namespace: 'default', apiKey: null, tls: null };
  const keys = { folder: join(folder, 'keys'), encryption: false };
  const client = await connectTemporal(settings, () =>
    openMessages(keys, { role: 'operator', host: null }),
  );
  closing.push(() => client.connection.close());
  return {
    files,
    admin,
    client,
    plans,
    said: (pid) => readFileSync(parts.get(pid) ?? '', 'utf8'),
    started: () => startedIn(readFileSync(`${plans}.spawned`, 'utf8')),
    alive: () => processes.ofEngine(files.engineId),
  };
}

async function openServer({ folder, closing }: Opening): Promise<string> {
  const cliPath = await temporalWith(folder, [SHORT_POLLS]);
  const server = await startEmbeddedTemporal({
    dataDir: join(folder, 'server'),
    cliPath,
    searchAttributes: SEARCH_ATTRIBUTES,
    ui: false,
  });
  closing.push(() => server.stop());
  return server.address;
}

interface Places {
  venues: RunningVenues;
  admin: VenueAdmin;
  address: string;
}

type File = Record<string, unknown> & {
  host: string;
  engines: Record<string, { host?: string; policy: { risk: Record<string, unknown> } }>;
};

/** Any exposure asks, so that a person can have the started engine stopped. */
async function writeFiles({ folder, closing }: Opening, { venues, admin, address }: Places) {
  const controlPort = await findFreePort();
  const socket = join(tmpdir(), `relight-zombies-${process.pid}-${controlPort}.sock`);
  closing.push(async () => rmSync(socket, { force: true }));
  const files = writeWorldFiles({
    folder,
    engineId: `zombie-${process.pid.toString(36)}${controlPort.toString(36)}`,
    socket,
    controlPort,
    orders: ORDERS,
    access: { urls: venues.urls, credentials: venues.credentials },
    ledger: await admin.ledger(),
    windows: WINDOWS,
    containment: 'cancel_own_orders',
    byAgent: false,
    passphrase: null,
    temporalAddress: address,
  });
  const config = parse(readFileSync(files.relight, 'utf8')) as File;
  const engine = config.engines[files.engineId];
  if (engine === undefined) throw new Error('no engine');
  engine.host = config.host;
  engine.policy.risk = { ...engine.policy.risk, maxExposure: '0.01' };
  const [keys, artifacts] = [join(folder, 'keys'), join(folder, 'artifacts')];
  mkdirSync(artifacts);
  const shared = { messages: { folder: keys }, artifacts: { folder: artifacts } };
  writeFileSync(files.relight, stringify({ ...config, ...shared }));
  return files;
}

/** Of another machine, as it were: only the artifacts and the keys are the same. */
function otherWorker({ folder }: Opening, files: WorldFiles): string {
  const config = parse(readFileSync(files.relight, 'utf8')) as File;
  const path = join(folder, 'other.yaml');
  writeFileSync(path, stringify({ ...config, host: 'other', dataDir: join(folder, 'other') }));
  return path;
}

interface Starting {
  files: WorldFiles;
  other: string;
  plans: string;
}

/** The log of each, by its pid. */
async function startParts(
  { folder, closing }: Opening,
  { files, other, plans }: Starting,
): Promise<Map<number, string>> {
  const logs = new Map<number, string>();
  const start = (name: string, argv: [string, ...string[]], env = {}): Part => {
    const log = join(folder, `${name}.log`);
    const part = startPart(argv, log, { env });
    const ended = new Promise((resolve) => part.process.once('exit', resolve));
    closing.push(async () => {
      part.process.kill('SIGKILL');
      await ended;
    });
    logs.set(part.pid, log);
    return part;
  };
  const ready = async (name: string, words: string) => {
    const said = () => readFileSync(join(folder, `${name}.log`), 'utf8');
    await until(`${name} is ready`, async () => said().includes(words) || null).catch(
      (error: unknown) => {
        throw new Error(`${name} says: ${said().slice(-2_000)}`, { cause: error });
      },
    );
  };
  const keys = start('keys', relightCommand('keys', 'messages', 'make', '--config', files.relight));
  await new Promise((resolve) => keys.process.once('exit', resolve));
  const env = {
    NODE_OPTIONS: `--import ${beside('fixtures/pausing.mjs').href}`,
    RELIGHT_TEST_PLANS: plans,
  };
  const others = Array.from({ length: HOST_WORKERS - 1 }, (_, at) => `host-${at + 2}`);
  const second = [
    ...nodeCommand(beside('fixtures/host-worker.ts').href),
    files.relight,
  ] as unknown as [string];
  start('worker-1', relightCommand('worker', '--config', files.relight), env);
  start('worker-2', relightCommand('worker', '--config', other), env);
  start('agent', relightCommand('agent', '--config', files.relight), env);
  for (const name of others) start(name, second, env);
  await ready('worker-1', 'worker ready');
  await ready('worker-2', 'worker ready');
  await ready('agent', 'agent ready');
  for (const name of others) await ready(name, 'host worker ready');
  return logs;
}

function startedIn(spawned: string): Map<string, Set<number>> {
  const started = new Map<string, Set<number>>();
  for (const line of spawned.trim().split('\n')) {
    const [instanceId = '', pid] = line.split(' ');
    started.set(instanceId, (started.get(instanceId) ?? new Set()).add(Number(pid)));
  }
  return started;
}
