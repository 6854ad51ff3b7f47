/** Engines of a kit that are killed as they trade at the sandbox, and the orders of each as step 5 recovers them. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { readIntents } from '../../../activities/procedures/reading/intents.js';
import { loadCheckpoint } from '../../../activities/procedures/checkpoints.js';
import { createCheckpointStore } from '../../../clients/host/checkpoint-store.js';
import { createJournalFolder } from '../../../clients/host/journal/journal-folder.js';
import { inActivity, openControlPlane, withState } from '../../activities/ports.js';
import { startTicks } from '../../../sandbox/engine/process-identity.js';
import { takenAtMs } from '../../../workflows/domain/engine/checkpoint.js';
import { placesIn, startEngine, INSTANCE } from '../engine.js';
import { compareFates, type Compared } from './compare-fates.js';
import { killAsItTrades } from './death.js';
import { openGateway } from './gateway.js';
import { MEMORY } from '../kills.js';
import type { Kit } from '../programs.js';

const PREFIX = 'ex-7-';

export interface Recovered extends Compared {
  kills: number;
}

export async function recoverKilled(kit: Kit, kills: number): Promise<Recovered> {
  const told: Recovered = { kills, noted: 0, reached: 0, questions: 0, wrong: [] };
  for (let kill = 0; kill < kills; kill += 1) {
    const { noted, reached, questions, wrong } = await recoverOne(kit, kill);
    told.noted += noted;
    told.reached += reached;
    told.questions += questions;
    told.wrong.push(...wrong.map((why) => `kill ${kill}, ${kit.language}: ${why}`));
  }
  return told;
}

async function recoverOne(kit: Kit, kill: number): Promise<Compared> {
  const closing: (() => unknown)[] = [];
  const t = { after: (close: () => unknown) => void closing.push(close) };
  try {
    return await killAndRecover(t, kit, kill);
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

type Closing = Parameters<typeof startEngine>[0];

async function killAndRecover(t: Closing, kit: Kit, kill: number): Promise<Compared> {
  const plane = await openControlPlane(t, ['binance']);
  const { admin } = plane.bench;
  const account = plane.bench.account('binance', { venue: 'example', ccxt: 'binance' });
  plane.ports.venues = { ofEngine: () => [account] };
  const folder = mkdtempSync(join(MEMORY, 'relight-fates-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { journals, journal, venue, checkpoints } = placesIn(folder);
  mkdirSync(journals);
  const gateway = openGateway(venue, admin);
  t.after(() => gateway.close());
  const places = { folder, socket: join(folder, 'none'), heartbeat: join(folder, 'heartbeat') };
  const engine = startEngine(t, kit, places, {
    threads: 1 + (kill % 3),
    pauseUs: 1_500,
    changes: kit.unanswered,
  });
  const ticks = startTicks(engine.pid);
  while (gateway.sent.length === 0) await sleep(2);
  await sleep(20 + ((kill * 37) % 400));
  const { atMs: diedAtMs } = await killAsItTrades(engine, gateway);

  const { state, sinceMs } = await newestState(checkpoints);
  const ports = { ...plane.ports, journals: createJournalFolder(() => journals) };
  const died = [{ instanceId: INSTANCE, startTicks: ticks, diedAtMs }];
  const noted = await readIntents(ports, { engineId: 'desk', died, sinceMs });
  const { snapshot } = await inActivity(plane.activities, 'takeSnapshot', {
    engineId: 'desk',
    sinceMs: Math.max(0, (sinceMs ?? diedAtMs) - 60_000),
    thorough: false,
  });
  const before = await plane.ports.artifacts.put('engine-state', state);
  const found = await inActivity(plane.activities, 'recoverOpenOrders', {
    engineId: 'desk',
    state: before,
    before,
    snapshot,
    noted: noted.orders,
    adopted: [],
    arrivesUntilMs: diedAtMs,
    arrivesInMs: 0,
    foreign: 'leave',
    staleDeviation: '0.05',
    containment: 'none',
    containmentAt: {},
  });
  const resolutions = await plane.ports.artifacts.get('order-resolutions', found.resolutions);
  const compared = await compareFates(admin, resolutions, {
    journal,
    prefix: PREFIX,
    sent: gateway.sent,
  });
  return { ...compared, wrong: [...compared.wrong, ...noted.doubts] };
}

async function newestState(written: string) {
  const sequences = readdirSync(written).flatMap((name) => /^(\d+)\.ckpt$/.exec(name)?.[1] ?? []);
  const newest = sequences.map(Number).sort((a, b) => b - a)[0];
  if (newest === undefined) return { state: withState({}), sinceMs: null };
  const store = createCheckpointStore(() => ({ written, recovered: written }));
  const where = { engineId: 'desk', folder: 'written', name: `${newest}.ckpt` } as const;
  const limits = { engineId: 'desk', oldMs: 60_000, absurdQuantity: '1000', nowMs: Date.now() };
  const { checkpoint, errors } = await loadCheckpoint(store, where, limits);
  if (checkpoint === null) throw new Error(errors.join());
  return { state: checkpoint.state, sinceMs: takenAtMs(checkpoint.header) };
}
