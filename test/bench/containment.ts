/**
 * From the signal that kills an engine to the ledger without a working order of its own, with Temporal dead: a
 * real agent, its own keys, real venues over HTTP.
 *
 * Invariants: the end is the ledger's word; a venue answers as late as venues do, so that what is measured is
 * how often it is waited for; orders, and what protects, are drawn from a seed.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { INSTRUMENTS } from '../../sandbox/demo/settings.js';
import { ENGINE_VENUE_IDS } from '../../sandbox/venues/index.js';
import { seededRandom } from '../../sandbox/venues/market/random.js';
import { run } from '../clients/host/processes.js';
import { openWebhook } from '../workers/processes/telling/agent.js';
import {
  aloneWorld,
  cancels,
  own,
  RULES,
  working,
  type AloneWorld,
} from '../workers/processes/containing/world.js';
import { placeGuard } from '../workers/guard.js';
import { closing } from './closing.js';

const MOST_ORDERS = 20;
const VENUE_DELAY_MS = 100;
const LOOK_EVERY_MS = 5;
const BOUND_MS = 30_000;
const ROUND_TRIPS = 9;
const ENGINE = fileURLToPath(
  new URL('../clients/detector/fixtures/beating-engine.ts', import.meta.url),
);

/** In round trips to one venue. */
export interface Containments {
  p50: number;
  p99: number;
  deaths: number;
}

export async function measureContainment(settings: {
  seed: string;
  deaths: number;
}): Promise<Containments> {
  return closing(async (t) => {
    const here = await aloneWorld(t, { hook: await openWebhook(t), orders: 0 });
    await here.handDown(RULES);
    const agent = await here.startAgent();
    await here.admin.holdPrice();
    for (const venue of ENGINE_VENUE_IDS) {
      const slow = { venue, endpoint: '*', kind: 'slow', delayMs: VENUE_DELAY_MS } as const;
      await here.admin.setFault(slow);
    }
    await placeGuard(here.admin);
    const random = seededRandom(settings.seed);
    const times: number[] = [];
    for (let death = 1; death <= settings.deaths; death += 1) {
      await place(here, { death, count: 1 + Math.floor(random() * MOST_ORDERS), random });
      const isSeen = (words: string) => agent.seen.stderr.includes(words);
      times.push(await die(t, here, { instance: `e-${death}-x`, isSeen }));
    }
    await check(here);
    const tripMs = await roundTripMs(here);
    const sorted = times.map((ms) => ms / tripMs).toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.ceil(sorted.length * part) - 1] ?? Infinity;
    return { p50: at(0.5), p99: at(0.99), deaths: times.length };
  });
}

async function place(
  { admin }: AloneWorld,
  { death, count, random }: { death: number; count: number; random: () => number },
): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const venue = ENGINE_VENUE_IDS[Math.floor(random() * ENGINE_VENUE_IDS.length)] ?? 'kraken';
    const [instrument = ''] = INSTRUMENTS[venue];
    const clientOrderId = `rl-${death}-${index}`;
    const terms = { side: 'buy', quantity: '0.01', price: '10000' } as const;
    await admin.placeOrder({ venue, instrument, clientOrderId, ...terms });
  }
}

async function die(
  t: Parameters<typeof run>[0],
  { files, admin, socket }: AloneWorld,
  { instance, isSeen }: { instance: string; isSeen: (words: string) => boolean },
): Promise<number> {
  const args = [socket, join(files.dataDir, 'beat'), instance, '0'];
  const command = [process.execPath, '--import', import.meta.resolve('tsx'), ENGINE, ...args];
  const env = { RELIGHT_ENGINE: files.engineId, RELIGHT_INSTANCE: instance };
  const engine = await run(t, { cwd: files.dataDir, command, env });
  await until('it is watched', async () => isSeen(instance));
  const killedAt = performance.now();
  engine.child.kill('SIGKILL');
  await until('nothing of it works', async () => (await working(admin)).length === 0);
  const elapsedMs = performance.now() - killedAt;
  await until('its death is dealt with', async () =>
    isSeen(`"instanceId":"${instance}","done":{"action"`),
  );
  return elapsedMs;
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + BOUND_MS;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

/** Each order was asked to be cancelled once, and what protects is there. */
async function check({ admin }: AloneWorld): Promise<void> {
  assert.deepEqual(
    (await own(admin)).map(({ id }) => id),
    ['rl-guard'],
  );
  const twice = [...(await cancels(admin))].filter(([, times]) => times !== 1);
  assert.deepEqual(twice, []);
}

async function roundTripMs({ urls }: AloneWorld): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < ROUND_TRIPS; at += 1) {
    const beganAt = performance.now();
    await (await fetch(`${urls.kraken}/0/public/Time`)).text();
    times.push(performance.now() - beganAt);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUND_TRIPS / 2)] ?? Infinity;
}
