/**
 * One fleet for many stops: real venues, a real Temporal server, worker and agent as processes, and the real
 * command as a process, on the engine's host, on another, or on one that only claims to be it.
 *
 * Invariant: whatever a stop has broken is mended before the next one; nothing outlives the world.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Client } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import { ShutdownAnswer } from '../../../../clients/cli/answers/shutdown.js';
import { createFence } from '../../../../clients/host/fence.js';
import { createProcessTable } from '../../../../clients/host/process-table.js';
import { connectTemporal } from '../../../../clients/temporal/connect.js';
import {
  findFreePort,
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../../clients/temporal/embedded/index.js';
import { openMessages } from '../../../../clients/temporal/messages/index.js';
import { releaseKillSwitch } from '../../../../clients/temporal/recoveries.js';
import { DEMO_WINDOWS, writeWorldFiles } from '../../../../sandbox/demo/settings.js';
import { launchEngine, type LaunchedEngine } from '../../../../sandbox/engine/launch.js';
import { createVenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues } from '../../../../sandbox/venues/index.js';
import { loadConfig } from '../../../../workers/config/load.js';
import { ordersKept } from '../../../../workers/operations/checkpoints.js';
import { statusOf } from '../../../../workers/operations/recoveries.js';
import { nodeCommand } from '../../../../workers/processes/self.js';
import { SEARCH_ATTRIBUTES } from '../../../../workflows/search-attributes.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { relight, type Relight } from '../../processes/parts.js';
import { openOddVenue } from './odd-rows.js';

export const HOST = 'sandbox';
const ORDERS = 8;
const RELIGHT = nodeCommand(new URL('../../../../workers/relight.mjs', import.meta.url).href);
/** Sees none of the processes outside. */
const AS_ANOTHER = ['unshare', '--pid', '--mount-proc', '--fork', '--kill-child'];
/** A frozen engine is nobody's but the command's to find. */
const WINDOWS = { ...DEMO_WINDOWS, heartbeatAlarmMs: 120_000 };

/** A part that did not come back must not be waited for by the end of a test. */
const RELEASED_WITHIN_MS = 30_000;

/** Whose file the command is run with. */
export type From = 'host' | 'laptop' | 'claimant';
export type Part = 'worker' | 'agent';
export type FleetWorld = Awaited<ReturnType<typeof openFleet>>;

interface FileOfRelight {
  dataDir: string;
  host: string;
  messages?: object;
  temporal: { address: string | null };
  venues: Record<string, { url: string; timeoutMs?: number }>;
  engines: Record<string, { host?: string; control: { url: string }; checkpoints: object }>;
}

export async function openFleet(t: Pick<TestContext, 'after'>) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-fleet-'));
  const ends: (() => unknown)[] = [
    () => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }),
  ];
  t.after(async () => {
    for (const end of ends.toReversed()) await end();
  });
  const venues = await startVenues();
  ends.push(() => venues.close());
  const odd = await openOddVenue(venues.urls.binanceusdm);
  ends.push(() => odd.close());
  const admin = createVenueAdmin(venues.adminUrl);
  const temporal = await openTemporal(join(folder, 'temporal'));
  ends.push(() => temporal.stop());
  const controlPort = await findFreePort();
  const socket = join(tmpdir(), `relight-fleet-${process.pid}-${controlPort}.sock`);
  ends.push(() => rmSync(socket, { force: true }));
  const files = writeWorldFiles({
    folder,
    engineId: `fleet-${process.pid.toString(36)}${controlPort.toString(36)}`,
    socket,
    controlPort,
    orders: ORDERS,
    access: { urls: venues.urls, credentials: venues.credentials },
    ledger: await admin.ledger(),
    windows: WINDOWS,
    containment: 'none',
    byAgent: false,
    passphrase: null,
    temporalAddress: temporal.address,
  });
  const { engineId } = files;
  const keys = join(files.dataDir, 'keys', 'messages');
  const paths = await writeFiles(files.relight, { folder, engineId, odd: odd.url, keys });
  const made = relight(t, ['keys', 'messages', 'make', '--config', paths.host]);
  if ((await made.ended) !== 0) throw new Error(made.seen.stderr);
  const parts = new Map<Part, Relight>();
  const start = async (part: Part) => {
    const started = relight(t, [part, '--config', paths.host]);
    parts.set(part, started);
    await eventually(`${part} ready`, () => started.seen.stderr.includes(`${part} ready`));
  };
  const kill = async (part: Part) => {
    parts.get(part)?.kill('SIGKILL');
    await parts.get(part)?.ended;
  };
  ends.push(
    () => kill('worker'),
    () => kill('agent'),
  );
  await Promise.all([start('worker'), start('agent')]);
  const client = await connect(temporal.address, keys);
  ends.push(() => client.connection.close());
  const table = createProcessTable();
  ends.push(async () => {
    for (const one of await table.ofEngine(engineId)) await table.kill(one, 'SIGKILL');
  });
  const fence = createFence(join(files.dataDir, 'fence'));
  const config = loadConfig(paths.host);
  let engines = 0;
  return {
    admin,
    client,
    engineId,
    files,
    odd,
    temporal,
    start,
    kill,
    /** Returns when its orders rest, one that protects among them, and the agent watches it. */
    startEngine: async (): Promise<LaunchedEngine> => {
      engines += 1;
      const instanceId = `${engineId}-n${engines}`;
      const engine = launchEngine({ configFile: files.engine, instanceId });
      await eventually('its orders rest', async () => {
        return (await ownOrders(admin)).filter(({ works }) => works).length >= ORDERS;
      });
      await eventually('its checkpoint has them', async () => {
        const { orders } = await ordersKept(config, engineId);
        const resting = (await ownOrders(admin)).filter(({ works }) => works);
        // Before the venue's answer is in, nobody has a name by which Coinbase would cancel them.
        const named = orders.filter(({ venueOrderId }) => venueOrderId !== null);
        const kept = new Set(named.map(({ clientOrderId }) => clientOrderId));
        return resting.every(({ id }) => kept.has(id));
      });
      const watched = join(files.dataDir, 'watched', `${engineId}.json`);
      await eventually('it is watched', () => readFileSync(watched, 'utf8').includes(instanceId));
      return engine;
    },
    processes: async () => table.ofEngine(engineId),
    isLatched: () => existsSync(join(files.dataDir, 'fence', engineId, 'kill-switch.json')),
    /** Everywhere, for the next stop. */
    release: async () => {
      const why = { reason: 'the next test', by: 'test', host: HOST };
      const within = Date.now() + RELEASED_WITHIN_MS;
      await client.withDeadline(within, () => releaseKillSwitch(client, engineId, why));
      await fence.release(engineId, why);
    },
    shutdown: async (from: From) => {
      const before = from === 'host' ? [] : AS_ANOTHER;
      const args = ['shutdown', '--reason', 'test', '--json', '--config', paths[from]];
      const { code, stdout, stderr } = await run([...before, ...RELIGHT, ...args]);
      // It died of something that nobody expected.
      if (stdout === '' || code === 1) throw new Error(`relight shutdown says: ${stderr}`);
      return { code, answer: ShutdownAnswer.parse(JSON.parse(stdout)) };
    },
    status: async () => statusOf(config, client, engineId),
  };
}

/** Stopped and begun again at the same address, with nothing lost. */
async function openTemporal(dataDir: string) {
  const cliPath = await findTemporalCli({ env: process.env, onProgress: () => undefined });
  const begin = async () =>
    startEmbeddedTemporal({ dataDir, cliPath, searchAttributes: SEARCH_ATTRIBUTES, ui: false });
  let server = await begin();
  const { address } = server;
  return {
    address,
    stop: async () => server.stop(),
    begin: async () => {
      server = await begin();
      if (server.address !== address) throw new Error('Temporal has another address now');
    },
  };
}

async function connect(address: string, folder: string): Promise<Client> {
  return connectTemporal({ address, namespace: 'default', apiKey: null, tls: null }, () =>
    openMessages({ folder, encryption: false }, { role: 'operator', host: null }),
  );
}

interface Fleet {
  folder: string;
  engineId: string;
  /** The address of the venue whose rows may be odd. */
  odd: string;
  keys: string;
}

/** On another machine loopback is that machine, and its folders are its own. */
async function writeFiles(path: string, { folder, engineId, odd, keys }: Fleet) {
  const nobody = `http://127.0.0.1:${await findFreePort()}`;
  const write = (name: string, change: (file: FileOfRelight) => void): string => {
    const file = parse(readFileSync(path, 'utf8')) as FileOfRelight;
    for (const venue of Object.values(file.venues)) venue.timeoutMs = 2_500;
    if (file.venues['binanceusdm'] !== undefined) file.venues['binanceusdm'].url = odd;
    change(file);
    const written = join(folder, `${name}.yaml`);
    writeFileSync(written, stringify(file));
    return written;
  };
  const away = (name: string) => (file: FileOfRelight) => {
    const engine = file.engines[engineId];
    if (engine === undefined) throw new Error('no engine');
    const at = join(folder, name);
    mkdirSync(at);
    Object.assign(file, { dataDir: join(at, 'data'), messages: { folder: keys } });
    engine.control.url = nobody;
    engine.checkpoints = { written: join(at, 'written'), recovered: join(at, 'recovered') };
    if (name !== 'laptop') return;
    file.host = name;
    engine.host = HOST;
  };
  const claim = (file: FileOfRelight) => {
    away('claimant')(file);
    file.temporal.address = '127.0.0.1:1';
  };
  return {
    host: write('host', () => undefined),
    laptop: write('laptop', away('laptop')),
    claimant: write('claimant', claim),
  } satisfies Record<From, string>;
}

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

async function run([program = '', ...args]: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 150_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? 99 : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

/** By the ledger; what waits for a trigger does not work. */
export async function ownOrders(admin: ReturnType<typeof createVenueAdmin>) {
  const { venues } = await admin.ledger();
  return Object.entries(venues).flatMap(([venue, { openOrders }]) =>
    openOrders.flatMap(({ clientOrderId: id, trigger }) =>
      id?.startsWith('rl-') === true ? [{ venue, id, works: trigger === null }] : [],
    ),
  );
}
