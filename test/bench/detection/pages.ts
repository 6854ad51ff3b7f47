/**
 * From the report of a crash to its page at who is told: a real agent, engines that are killed one after the other,
 * and servers that take the page as PagerDuty and a webhook do; with Temporal up, with the worker dead, and
 * with Temporal dead too.
 *
 * Invariants: the end is the receiver's word, on the clock by which the agent says when it saw the death; a death that
 * is told twice to one of them, or to one alone, is an error, and no figure.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { folderOf } from '../../clients/host/processes.js';
import { listen } from '../../clients/notify/servers/http.js';
import {
  openPagerDutyServer,
  ROUTING_KEY,
  type PagerEvent,
} from '../../clients/notify/servers/pagerduty.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { openServer } from '../../workers/processes/temporal-with.js';
import { closing } from '../closing.js';
import { crashOf, startWorker, watchedEngines, type Scope, type WatchedEngines } from './agents.js';

/** Guardians are there, and what was loaded is compiled, by then. */
const SETTLES_MS = 15_000;
/** The recovery before does its first steps; the agent notes that it is not connected any more. */
const QUIET_MS = 2_000;

const STATES = ['Temporal up', 'worker dead', 'Temporal dead'] as const;

/** In milliseconds, in the order of size; of both receivers, the later. */
export interface Pages {
  state: string;
  afterReport: number[];
  afterKill: number[];
}

interface Arrival {
  incidentId: string;
  atMs: number;
}

interface Receivers {
  notify: object[];
  /** Of pages for a crash, by receiver. */
  arrivals: Record<'pagerduty' | 'webhook', Arrival[]>;
}

export async function measurePages(deathsEach = 6): Promise<Pages[]> {
  return closing(async (t) => {
    let stopServer: unknown;
    const address = await openServer({ after: (stop: unknown) => (stopServer = stop) });
    const temporal = once(stopServer as () => Promise<void>);
    t.after(temporal);
    const receivers = await openReceivers(t);
    const count = STATES.length * deathsEach;
    const { notify } = receivers;
    const here = await watchedEngines(t, { address, count, changes: { notify } });
    const worker = await startWorker(t, here.config);
    const before: Record<string, () => Promise<unknown>> = {
      'Temporal up': async () => delay(SETTLES_MS),
      'worker dead': async () => {
        worker.kill('SIGKILL');
        await worker.ended;
      },
      'Temporal dead': temporal,
    };
    const pages: Pages[] = [];
    for (const [at, state] of STATES.entries()) {
      await before[state]?.();
      const engines = here.engines.slice(at * deathsEach, (at + 1) * deathsEach);
      pages.push({ state, ...(await killEach({ ...here, engines }, receivers)) });
    }
    await delay(QUIET_MS); // a repetition would be here by then
    for (const told of Object.values(receivers.arrivals)) {
      assert.equal(new Set(told.map(({ incidentId }) => incidentId)).size, count);
      assert.equal(told.length, count, 'a death is told twice');
    }
    return pages;
  });
}

/** Ends something, however often it is asked for. */
function once(end: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | null = null;
  return async () => (ended ??= end());
}

async function openReceivers(t: Scope): Promise<Receivers> {
  const arrivals: Receivers['arrivals'] = { pagerduty: [], webhook: [] };
  const pager = await openPagerDutyServer(t, (key) => {
    const event = JSON.parse(key) as PagerEvent | null;
    if (event?.event_action === 'trigger' && event.payload.class === 'crashed') {
      arrivals.pagerduty.push({ incidentId: event.dedup_key, atMs: Date.now() });
    }
    return null;
  });
  const { origin } = await listen(t, {
    faultFor: () => null,
    take: ({ headers }) => {
      const [, incidentId] = /^(.*):crashed$/.exec(String(headers['idempotency-key'])) ?? [];
      if (incidentId !== undefined) arrivals.webhook.push({ incidentId, atMs: Date.now() });
      return { status: 200 };
    },
  });
  const folder = folderOf(t);
  const secret = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return { file };
  };
  const routingKey = secret('routing-key', ROUTING_KEY);
  const notify = [
    { kind: 'pagerduty', name: 'on-call', routingKey, url: pager.origin },
    { kind: 'webhook', name: 'hook', url: secret('hook', `${origin}/crashes`) },
  ];
  return { notify, arrivals };
}

async function killEach(
  { agent, engines }: WatchedEngines,
  { arrivals }: Receivers,
): Promise<Omit<Pages, 'state'>> {
  const [afterReport, afterKill]: [number[], number[]] = [[], []];
  for (const { engineId, child } of engines) {
    await delay(QUIET_MS);
    const killedAtMs = Date.now();
    child.kill('SIGKILL');
    const toldAtMs = await eventually('it is told', () => lastOf(arrivals, engineId));
    const report = await eventually('it is reported', () => crashOf(agent, engineId) ?? false);
    afterReport.push(toldAtMs - report.detectedAtMs);
    afterKill.push(toldAtMs - killedAtMs);
  }
  const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
  return { afterReport: sorted(afterReport), afterKill: sorted(afterKill) };
}

/** False until all of them have it. */
function lastOf(arrivals: Receivers['arrivals'], engineId: string): number | false {
  const times = Object.values(arrivals).map(
    (told) => told.find(({ incidentId }) => incidentId.startsWith(`${engineId}/`))?.atMs,
  );
  return times.every((atMs) => atMs !== undefined) && Math.max(...times);
}
