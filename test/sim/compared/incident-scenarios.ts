/** Incidents by name, and what of each can be told in another process. */
import assert from 'node:assert/strict';
import { OLGA } from '../../workflows/fakes/people.js';
import { inIncidentWorld, type IncidentOptions } from '../world/incident.js';
import type { IncidentWorld } from '../world/incident-world.js';
import { differencesFromLedger } from '../world/engine/compared.js';
import { digestOfWorld } from './digest.js';

interface Scenario {
  policy?: Record<string, unknown>;
  /** From the engine that trades to the fault. */
  act: (world: IncidentWorld) => Promise<void> | void;
  /** How long it may take. */
  limitMs: number;
}

export interface IncidentTold {
  seed: string;
  name: string;
  digest: string;
  /** Of each recovery. */
  outcomes: string[];
  gates: string[];
  decisions: string[];
  lives: string[];
  /** By the agent, before it reported. */
  contained: string[];
  /** Between the engine's books and the ledger. */
  atResume: string[];
  atEnd: string[] | null;
  notices: string[];
  /** Of each recovery, by its workflow id. */
  histories: [workflowId: string, history: string][];
  cpuMs: number;
  virtualMs: number;
}

const MINUTE_MS = 60_000;
const ASKS = { automaticCauses: [] };

export const INCIDENTS: Readonly<Record<string, Scenario>> = {
  unasked: { act: (world) => world.crashEngine(), limitMs: 10 * MINUTE_MS },
  approved: { policy: ASKS, act: (world) => world.crashEngine(), limitMs: 60 * MINUTE_MS },
  rejected: {
    policy: ASKS,
    act(world) {
      world.plan = ({ kind }) =>
        kind === 'automatic_recovery' ? [{ by: OLGA, answer: 'reject', afterMs: 20_000 }] : [];
      world.crashEngine();
    },
    limitMs: 5 * MINUTE_MS,
  },
  'power-cut': {
    async act(world) {
      world.cutPower('host-1');
      await world.sleep(60_000);
      world.restart('agent');
    },
    limitMs: 60 * MINUTE_MS,
  },
  /** Temporal cannot be reached from the host for a while: its agent contains by itself. */
  contained: {
    policy: { containment: 'cancel_own_orders' },
    async act(world) {
      world.setReachable('agent', false);
      world.crashEngine();
      await world.sleep(60_000);
      world.setReachable('agent', true);
    },
    limitMs: 10 * MINUTE_MS,
  },
  'worker-killed': {
    act(world) {
      world.on({ point: 'activity:recoverOpenOrders', nth: 1, phase: 'after' }, async () => {
        world.kill('worker');
        await world.sleep(5_000);
        world.restart('worker');
      });
      world.crashEngine();
    },
    limitMs: 10 * MINUTE_MS,
  },
  'agent-stopped': {
    act(world) {
      world.on({ point: 'port:control.start', nth: 1, phase: 'before' }, async () => {
        world.stop('agent');
        setTimeout(() => world.wake('agent'), 90_000);
      });
      world.crashEngine();
    },
    limitMs: 20 * MINUTE_MS,
  },
};

/** Others do not trade: what the engine holds changes by what it does itself. */
export async function tellIncident(
  options: Pick<IncidentOptions, 'seed' | 'code' | 'level'>,
  { policy = {}, act, limitMs }: Scenario,
): Promise<Omit<IncidentTold, 'seed' | 'name'>> {
  const began = process.cpuUsage();
  return inIncidentWorld({ ...options, policy, others: null }, async (world) => {
    const beganMs = Date.now();
    const atResume: string[] = [];
    world.hosts.first.onWrite = (path, _body, { engine }) => {
      if (path !== '/strategies' || engine === null || engine.permission.level !== null) return;
      atResume.push(...differencesFromLedger(engine.book.snapshot(), world.market));
    };
    await world.startEngine();
    await world.sleep(10_000);
    await act(world);
    await world.untilQuiet(limitMs);
    const told = await toldOf(world);
    await world.settleBooks();
    const { tasks } = world.around.server;
    assert.deepEqual([...tasks.nondeterminism, ...tasks.failures], []);
    const { user, system } = process.cpuUsage(began);
    return {
      ...told,
      atResume,
      atEnd: world.differences(),
      digest: digestOfWorld(world),
      cpuMs: Math.round((user + system) / 1_000),
      virtualMs: Date.now() - beganMs,
    };
  });
}

async function toldOf({ recoveries, operator, facts }: IncidentWorld) {
  const records = await Promise.all(
    recoveries.map(async ({ identity }) => operator.record(identity.workflowId)),
  );
  const histories = recoveries.map(async ({ identity: { workflowId } }) => {
    return [workflowId, await operator.history(workflowId)] as [string, string];
  });
  return {
    histories: await Promise.all(histories),
    outcomes: records.map((record) => record?.outcome ?? 'unknown'),
    gates: records.flatMap(
      (record) => record?.gates.map(({ kind, outcome }) => `${kind} ${outcome}`) ?? [],
    ),
    decisions: facts.decisions.map(({ kind, by, detail }) => `${kind} ${by} ${detail}`),
    contained: facts.reports.flatMap(
      ({ report }) =>
        report.contained?.venues.map(({ venue, left }) => `${venue}: ${left} left`) ?? [],
    ),
    lives: facts.lives.map(({ instanceId }) => instanceId),
    notices: facts.notices.map(({ notice }) => notice.title),
  };
}
