/**
 * Real venues and a real engine process for one test.
 *
 * Invariant: when the test ends, whatever way, no process and no server of it is left.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { findFreePort } from '../../../clients/temporal/embedded/index.js';
import {
  launchEngine,
  type LaunchedEngine,
  type LaunchOptions,
} from '../../../sandbox/engine/launch.js';
import { createVenueAdmin, type VenueAdmin } from '../../../sandbox/venues/admin-client.js';
import { ENGINE_VENUE_IDS, startVenues, type LedgerView } from '../../../sandbox/venues/index.js';
import { EPOCH_HEADER, IDEMPOTENCY_HEADER } from '../../../workflows/domain/engine/control.js';
import {
  parseLivenessLine,
  type LivenessMessage,
} from '../../../workflows/domain/engine/liveness.js';
import {
  comparableState,
  emptyState,
  type EngineState,
} from '../../../workflows/domain/books/state.js';

const BOUND_MS = 120_000;
const STEP_MS = 100;
/** Of this process alone: engines are found by it, and other test files run at the same time. */
export const ENGINE_ID = `test-engine-${process.pid}`;

export interface Rig {
  admin: VenueAdmin;
  /** Raw posts to the admin server, for what happens to orders behind the engine's back. */
  happen: (path: '/fill' | '/cancel', body: Record<string, string>) => Promise<void>;
  dataDir: string;
  checkpointDir: string;
  detector: FakeDetector;
  launch: (options?: Partial<LaunchOptions>) => LaunchedEngine;
  get: (path: string) => Promise<unknown>;
  post: (path: string, body: unknown, headers?: Stamp) => Promise<PostAnswer>;
  state: () => Promise<EngineState>;
}

interface PostAnswer {
  status: number;
  body: unknown;
}

interface Stamp {
  epoch?: number;
  key?: string;
}

export async function createRig(
  t: TestContext,
  settings: Record<string, unknown> = {},
): Promise<Rig> {
  const dataDir = mkdtempSync(join(tmpdir(), 'relight-engine-'));
  const venues = await startVenues();
  const detector = await startFakeDetector(join(dataDir, 'liveness.sock'));
  const controlPort = await findFreePort();
  const launched: LaunchedEngine[] = [];
  t.after(async () => {
    for (const engine of launched) engine.kill('SIGKILL');
    await Promise.all(launched.map(({ exited }) => exited));
    await detector.close();
    await venues.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 9 });
  });
  const configFile = join(dataDir, 'engine.json');
  const entries = ENGINE_VENUE_IDS.map((name) => [
    name,
    { url: venues.urls[name], ...venues.credentials[name] },
  ]);
  const checkpointDir = join(dataDir, 'checkpoints');
  const config = {
    engineId: ENGINE_ID,
    account: 'main',
    dataDir,
    venues: Object.fromEntries(entries),
    livenessSocket: join(dataDir, 'liveness.sock'),
    heartbeatFile: join(dataDir, 'heartbeat'),
    checkpointDir,
    controlPort,
    // Crossing orders only where a test is about them.
    tradeEveryMs: 3_600_000,
    limits: { maxOrderNotional: '100000', maxPosition: '10', maxDailyLoss: '10000' },
    ...settings,
  };
  writeFileSync(configFile, JSON.stringify(config));
  const control = controlClient(`http://127.0.0.1:${controlPort}`);
  return {
    admin: createVenueAdmin(venues.adminUrl),
    happen: async (path, body) => {
      const url = venues.adminUrl + path;
      const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
      assert.ok(answer.ok, `${path}: ${await answer.text()}`);
    },
    dataDir,
    checkpointDir,
    detector,
    launch: (options = {}) => {
      const engine = launchEngine({ configFile, ...options });
      launched.push(engine);
      return engine;
    },
    ...control,
  };
}

function controlClient(url: string): Pick<Rig, 'get' | 'post' | 'state'> {
  const get = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
  return {
    get,
    post: async (path, body, stamp = {}) => {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (stamp.epoch !== undefined) headers[EPOCH_HEADER] = String(stamp.epoch);
      if (stamp.key !== undefined) headers[IDEMPOTENCY_HEADER] = stamp.key;
      const answer = await fetch(url + path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: await answer.json() };
    },
    state: async () => ((await get('/state')) as { state: EngineState }).state,
  };
}

export interface FakeDetector {
  messages: LivenessMessage[];
  openConnections: () => number;
  close: () => Promise<void>;
}

export async function startFakeDetector(path: string): Promise<FakeDetector> {
  const messages: LivenessMessage[] = [];
  const open = new Set<{ destroy: () => void }>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    let rest = '';
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const message = parseLivenessLine(line);
        assert.ok(message !== null, `not a liveness message: ${line}`);
        messages.push(message);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    messages,
    openConnections: () => open.size,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits for a condition; the bound only keeps a broken engine from hanging the run. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | false> | T | false,
): Promise<T> {
  const deadlineMs = Date.now() + BOUND_MS;
  let last: unknown;
  while (Date.now() < deadlineMs) {
    try {
      const seen = await look();
      if (seen !== false) return seen;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  throw new Error(`Waited in vain until ${what}`, { cause: last });
}

export function openOrderCount(ledger: LedgerView): number {
  return Object.values(ledger.venues).reduce((sum, { openOrders }) => sum + openOrders.length, 0);
}

/** The ledger's truth in the engine's words; risk state is the engine's own. */
export function ledgerState(ledger: LedgerView, risk: EngineState['risk']): EngineState {
  const venues = ENGINE_VENUE_IDS.map((venue) => ({
    ...ledger.venues[venue],
    of: { venue, account: 'main' },
  }));
  return {
    ...emptyState(),
    risk,
    positions: venues.flatMap(({ of, positions }) => positions.map((row) => ({ ...of, ...row }))),
    balances: venues.flatMap(({ of, balances }) =>
      Object.entries(balances).map(([asset, { total }]) => ({ ...of, asset, total })),
    ),
    orders: venues.flatMap(({ of, openOrders }) =>
      openOrders.map((row) => ({
        ...of,
        venueOrderId: row.venueOrderId,
        clientOrderId: row.clientOrderId ?? '',
        instrument: row.instrument,
        side: row.side,
        type: row.type,
        price: row.price,
        quantity: row.quantity,
        filled: row.filled,
        state: 'open' as const,
      })),
    ),
  };
}

/** Resolves with the state at a moment when the engine and the ledger agree on everything. */
export async function agreement(rig: Rig): Promise<EngineState> {
  return eventually('engine and ledger agree', async () => {
    const state = await rig.state();
    const ledger = ledgerState(await rig.admin.ledger(), state.risk);
    assert.deepEqual(comparableState(state), comparableState(ledger));
    return state;
  });
}

export async function ready(rig: Rig, orders = 12): Promise<void> {
  await eventually(`${orders} orders rest at the venues`, async () => {
    return openOrderCount(await rig.admin.ledger()) >= orders;
  });
  await agreement(rig);
}

export function newestCheckpoint(directory: string): Buffer {
  const newest = readdirSync(directory)
    .filter((name) => name.endsWith('.ckpt'))
    .sort()
    .at(-1);
  assert.ok(newest !== undefined, 'no checkpoint was written');
  return readFileSync(join(directory, newest));
}

export function logLines(engine: LaunchedEngine): Record<string, unknown>[] {
  return readFileSync(engine.logFile, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
