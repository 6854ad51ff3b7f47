/**
 * Two attempts of one piece of work: the first is stopped at a pause, given up after its time-out, and
 * woken when the second has ended and a new engine trades. The ledger, and what happened on the host, tell.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { cancelOwnOrders } from '../../../activities/procedures/cancel-orders.js';
import { ALWAYS } from '../../../activities/procedures/lease.js';
import { createStartActivities } from '../../../activities/steps/start.js';
import { createStopActivities } from '../../../activities/steps/stop.js';
import type { VenueSettings } from '../../../clients/exchange/index.js';
import type { VenueId } from '../../../sandbox/venues/index.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import type { Bench } from '../../clients/exchange/bench.js';
import { aliveIn, eventsIn, hostIn, noteIn, stampOf } from './ports.js';
import { nodeCommand } from '../../../workers/processes/self.js';

/** Long enough for a machine that is busy; the venue's own deadline is half of it. */
const TIMEOUT_MS = 2_000;
const STOPPED_WITHIN_MS = 60_000;

type Work =
  | { kind: 'contain'; venue: VenueSettings; orders: readonly Order[] }
  | { kind: 'start' | 'stop'; folder: string; epoch: number };

export interface AttemptSettings {
  work: Work;
  /** Of the pauses that it comes by; 0: at none. */
  stopAt: number;
  timeoutMs: number;
  beatUrl: string;
}

export interface Zombie {
  pauses: number;
  ended: string;
  /** False where it had ended before the pause came. */
  stopped: boolean;
}

/** Runs the attempt, and does the rest of the world while it stands still. */
async function stoppedAt(
  work: Work,
  stopAt: number,
  meanwhile: () => Promise<void>,
): Promise<Zombie> {
  const temporal = { knows: true };
  const server = createServer((_request, answer) => {
    answer.writeHead(temporal.knows ? 200 : 404).end();
  });
  const beatUrl = await listening(server);
  const settings: AttemptSettings = { work, stopAt, timeoutMs: TIMEOUT_MS, beatUrl };
  const [node, ...attempt] = nodeCommand(new URL('attempt.ts', import.meta.url).href);
  const child = spawn(node, [...attempt, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let said = '';
    child.stdout.on('data', (part: Buffer) => (said += part.toString()));
    const closed = new Promise((resolve) => child.once('close', resolve));
    const stopped = await isStopped(child.pid ?? 0, closed);
    if (stopped) {
      await delay(TIMEOUT_MS);
      temporal.knows = false;
      await meanwhile();
      child.kill('SIGCONT');
    }
    await closed;
    return { ...(JSON.parse(said) as Omit<Zombie, 'stopped'>), stopped };
  } finally {
    child.kill('SIGKILL');
    server.close();
  }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** False where it ended before. */
async function isStopped(pid: number, closed: Promise<unknown>): Promise<boolean> {
  const state = { over: false };
  void closed.then(() => (state.over = true));
  for (let waited = 0; waited < STOPPED_WITHIN_MS && !state.over; waited += 20) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')) return true;
    await delay(20);
  }
  return false;
}

const ids = async ({ admin }: Bench, venue: VenueId) =>
  (await admin.ledger()).venues[venue].openOrders.map(({ clientOrderId }) => clientOrderId ?? '');

/** Orders of the dead engine go once, those of the next stay. Its names are used again. */
export async function zombieOfContainment(
  bench: Bench,
  {
    venue,
    orders: count,
    stopAt,
    run,
  }: { venue: VenueId; orders: number; stopAt: number; run: string },
): Promise<Zombie> {
  const names = Array.from({ length: count }, (_, at) => `rl-${run}-${at}`);
  const orders = await Promise.all(names.map((id) => bench.place(venue, { id })));
  const settings = bench.settings(venue, { timeoutMs: 30_000 });
  const next = names.map((id) => `${id}-n`);
  const pace = { beat: () => undefined, sleep: (ms: number) => delay(ms / 10), lease: ALWAYS };
  const zombie = await stoppedAt({ kind: 'contain', venue: settings, orders }, stopAt, async () => {
    const account = bench.account(venue, { timeoutMs: 30_000 });
    const ownership = { prefix: 'rl-' };
    const done = await cancelOwnOrders(account, ownership, pace, { orders, fresh: false });
    // Counts are those of all attempts.
    assert.deepEqual([done.cancelled.toSorted(), done.left], [names.toSorted(), []]);
    await Promise.all(next.map((id) => bench.place(venue, { id })));
  });
  const said = JSON.stringify(zombie);
  const mine = (id: string) => id.startsWith(`rl-${run}-`);
  const open = (await ids(bench, venue)).filter(mine).toSorted();
  // One that was not stopped may end by itself where its beats are taken too late: it is tried again.
  const { stopped, ended } = zombie;
  const left = ended === 'done' ? [] : open.filter((id) => names.includes(id));
  assert.deepEqual(open, stopped ? next.toSorted() : left, said);
  const { writes } = await bench.admin.requests();
  for (const { venueOrderId, clientOrderId } of orders) {
    const accepted = writes.filter(
      (row) =>
        row.endpoint === 'cancelOrder' &&
        row.outcome === 'accepted' &&
        row.venueOrderId === venueOrderId,
    );
    const least = stopped || ended === 'done' ? 1 : 0;
    assert.ok(accepted.length <= 1 && accepted.length >= least, `${clientOrderId} of ${said}`);
  }
  return zombie;
}

async function inFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'relight-zombie-'));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 9 });
  }
}

const asActivity = async <T>(act: () => Promise<T>): Promise<T> =>
  new MockActivityEnvironment().run(act);

/** As the second attempt, or a recovery after it: whatever it comes to, then the next epoch's engine. */
async function goOn(folder: string, act: (epoch: number) => Promise<unknown>): Promise<void> {
  await asActivity(() => act(1)).catch(() => undefined);
  const ports = hostIn(folder, ALWAYS, () => undefined);
  await asActivity(() =>
    createStopActivities(ports).stopEngine({ ...stampOf(1), mode: 'emergency' }),
  );
  await asActivity(() =>
    createStartActivities(ports).startEngine({ ...stampOf(2), statePath: 'state' }),
  );
}

export async function zombieOfStart(stopAt: number): Promise<Zombie> {
  return inFolder(async (folder) => {
    const zombie = await stoppedAt({ kind: 'start', folder, epoch: 1 }, stopAt, async () => {
      const ports = hostIn(folder, ALWAYS, () => undefined);
      const { startEngine } = createStartActivities(ports);
      await goOn(folder, (epoch) => startEngine({ ...stampOf(epoch), statePath: 'state' }));
    });
    judge(folder, zombie, zombie.stopped ? ['desk-e2'] : ['desk-e1']);
    return zombie;
  });
}

export async function zombieOfStop(stopAt: number): Promise<Zombie> {
  return inFolder(async (folder) => {
    noteIn(folder, 'start', 'desk-e1');
    const zombie = await stoppedAt({ kind: 'stop', folder, epoch: 1 }, stopAt, async () => {
      const ports = hostIn(folder, ALWAYS, () => undefined);
      const again = createStopActivities(ports);
      await goOn(folder, (epoch) => again.stopEngine({ ...stampOf(epoch), mode: 'emergency' }));
    });
    judge(folder, zombie, zombie.stopped ? ['desk-e2'] : []);
    return zombie;
  });
}

/** The engine of the next epoch was started once, asked nothing and not killed; none was started twice. */
function judge(folder: string, zombie: Zombie, alive: string[]): void {
  const events = eventsIn(folder);
  const said = JSON.stringify({ zombie, events });
  assert.deepEqual(aliveIn(folder), alive, said);
  const ofNext = events.filter(([, who]) => who === 'desk-e2').map(([what]) => what);
  assert.deepEqual(ofNext, zombie.stopped ? ['start'] : [], said);
  const starts = events.filter(([what, who]) => what === 'start' && who === 'desk-e1');
  assert.ok(starts.length <= 1, said);
}
