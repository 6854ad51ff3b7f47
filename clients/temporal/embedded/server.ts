/**
 * A real Temporal server on a file, for one machine.
 *
 * Invariants: at most one server per data folder; a server that was killed goes on from the same
 * folder with nothing lost; the address stays the same across restarts unless its port was taken.
 */
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { writingIn } from '../../files/writing.js';
import { markDatabaseComplete, prepareDatabase } from './database.js';
import { exclusively } from '../../host/exclusive.js';
import { findEmbeddedTemporal } from './find-server.js';
import { launchServer } from './launch.js';
import { findFreePort, waitForFreePort } from './ports.js';
import { isAlive, stopProcess } from './process-identity.js';
import { waitUntilReady } from './readiness.js';
import { readRecord, type ServerRecord, writeRecord } from './record.js';
import type { SearchAttributes } from './search-attributes.js';

export interface EmbeddedTemporalOptions {
  /** Holds the database, the log and the record; made when absent. */
  dataDir: string;
  /** From `findTemporalCli`. */
  cliPath: string;
  searchAttributes: SearchAttributes;
  /** Default: `default`. */
  namespace?: string;
  /** Default: the port of the last server in this folder when it is free, else any free one. */
  port?: number;
  uiPort?: number;
  /** Default: true. */
  ui?: boolean;
  /** The server outlives this process, and a Ctrl-C in its terminal. Default: false. */
  detached?: boolean;
  log?: (line: string) => void;
}

export interface EmbeddedTemporal {
  address: string;
  uiUrl: string | undefined;
  pid: number;
  /** False when the server was already running: then it is another's to stop, as a rule. */
  started: boolean;
  /** Stops the server, by force when it does not end in time. Safe to call twice. */
  stop(): Promise<void>;
}

const START_ATTEMPTS = 3;
const READY_TIMEOUT_MS = 60_000;
const REUSE_TIMEOUT_MS = 15_000;
const PORT_RELEASE_TIMEOUT_MS = 2_000;
const STOP_GRACE_MS = 10_000;
const LOCK_TIMEOUT_MS = 2 * READY_TIMEOUT_MS;

/** Starts a server; refuses where one is running on the data folder. */
export async function startEmbeddedTemporal(
  options: EmbeddedTemporalOptions,
): Promise<EmbeddedTemporal> {
  return withDataDir(options, async (dataDir, running) => {
    if (running === undefined) return start({ ...options, dataDir });
    throw new Error(`A Temporal server (pid ${running.pid}) already runs on ${dataDir}.`);
  });
}

/** The server that runs on the data folder, or a new one. Any number may call this at once. */
export async function ensureEmbeddedTemporal(
  options: EmbeddedTemporalOptions,
): Promise<EmbeddedTemporal> {
  return withDataDir(options, async (dataDir, running) => {
    const reused = running && (await reuse({ ...options, dataDir }, running));
    return reused ?? start({ ...options, dataDir });
  });
}

async function reuse(
  options: EmbeddedTemporalOptions,
  running: ServerRecord,
): Promise<EmbeddedTemporal | undefined> {
  try {
    await confirmReady(options, running, REUSE_TIMEOUT_MS);
  } catch (error) {
    // A server killed a moment ago may still have been there when we looked.
    if (!(await isAlive(running))) return undefined;
    throw error;
  }
  return { ...describe(running), started: false, stop: () => stopProcess(running, STOP_GRACE_MS) };
}

async function withDataDir(
  options: EmbeddedTemporalOptions,
  action: (dataDir: string, running: ServerRecord | undefined) => Promise<EmbeddedTemporal>,
): Promise<EmbeddedTemporal> {
  await writingIn(options.dataDir, mkdir(options.dataDir, { recursive: true, mode: 0o700 }));
  // One folder under two names must be one lock.
  const dataDir = await realpath(options.dataDir);
  return exclusively(`temporal:${dataDir}`, { timeoutMs: LOCK_TIMEOUT_MS }, async () =>
    action(dataDir, await findEmbeddedTemporal(dataDir)),
  );
}

async function start(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Another process may take a port, ours or one that the server picks, before its bind.
      const chosen = options.port === undefined && options.uiPort === undefined;
      const mayPass = chosen && String(error).includes('address already in use');
      if (!mayPass || attempt === START_ATTEMPTS) throw error;
    }
  }
}

async function startOnce(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  const { dataDir } = options;
  const log = options.log ?? (() => {});
  await prepareDatabase(dataDir, log);
  const last = await readRecord(dataDir);
  const port = await choosePort(options.port, last?.address);
  const uiPort = options.ui === false ? undefined : await choosePort(options.uiPort, last?.uiUrl);
  const server = await launchServer({
    cliPath: options.cliPath,
    dataDir,
    port,
    uiPort,
    logPath: logPathOf(dataDir),
    namespace: options.namespace ?? 'default',
    searchAttributes: options.searchAttributes,
    detached: options.detached ?? false,
  });
  const record: ServerRecord = {
    ...server,
    address: `127.0.0.1:${port}`,
    ...(uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` }),
  };
  return finishStart(options, record, log);
}

async function finishStart(
  options: EmbeddedTemporalOptions,
  record: ServerRecord,
  log: (line: string) => void,
): Promise<EmbeddedTemporal> {
  try {
    await writeRecord(options.dataDir, record);
    await confirmReady(options, record, READY_TIMEOUT_MS);
  } catch (error) {
    await stopProcess(record, 0);
    throw error;
  }
  log(`Temporal server ready at ${record.address} (pid ${record.pid}).`);
  return { ...describe(record), started: true, stop: () => stopProcess(record, STOP_GRACE_MS) };
}

async function confirmReady(
  options: EmbeddedTemporalOptions,
  server: ServerRecord,
  timeoutMs: number,
): Promise<void> {
  await waitUntilReady({
    address: server.address,
    server,
    timeoutMs,
    logPath: logPathOf(options.dataDir),
    namespace: options.namespace ?? 'default',
    searchAttributes: options.searchAttributes,
  });
  await markDatabaseComplete(options.dataDir);
}

function describe({ address, uiUrl, pid }: ServerRecord) {
  return { address, uiUrl, pid };
}

/** A port that was asked for is used or refused, never replaced. */
async function choosePort(asked: number | undefined, lastAddress: string | undefined) {
  const wanted = asked ?? Number(lastAddress?.split(':').at(-1));
  const isFree = wanted > 0 && (await waitForFreePort(wanted, PORT_RELEASE_TIMEOUT_MS));
  if (asked !== undefined && !isFree) {
    throw new Error(
      `Port ${asked} of 127.0.0.1 is taken by another process (address already in use)`,
    );
  }
  return isFree ? wanted : findFreePort();
}

function logPathOf(dataDir: string): string {
  return join(dataDir, 'temporal.log');
}
