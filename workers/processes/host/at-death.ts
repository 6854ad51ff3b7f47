/**
 * What the agent does about resting orders at one death, at all venues where it may act at once.
 *
 * Invariants: what was read is on disk before it is acted on, and what was done before it is told.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  containAtDeath,
  type DeathMemory,
} from '../../../activities/procedures/contain-at-death.js';
import type { Contained } from '../../../workflows/domain/crash/contained.js';
import type { ContainmentRules } from '../../../workflows/domain/policy/handed-down.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { containmentOf } from '../../../workflows/domain/policy/policy.js';
import type { composeContainmentMemory } from '../../compose/containment.js';
import { agentVenues } from '../../config/containment.js';
import { engineOf } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';
import { createGuard } from './death-guard.js';
import type { ReadyAccounts } from './ready-accounts.js';

/** A recovery waits no longer for it; with Temporal away it is tried again. */
const WITHIN_MS = 20_000;

/** Where the agent has a key, and is to cancel. */
export function venuesToClear(
  config: Config,
  engineId: string,
  rules: Pick<ContainmentRules, 'containment' | 'containmentAt'>,
): string[] {
  return agentVenues(engineOf(config, engineId)).filter(
    (venue) => containmentOf(rules, venue) === 'cancel_own_orders',
  );
}

type ContainmentMemory = ReturnType<typeof composeContainmentMemory>;

interface Parts {
  config: Config;
  memory: ContainmentMemory;
  accounts: Pick<ReadyAccounts, 'ofEngine'>;
}

/** Fails where what was done before cannot be read, or what is done now cannot be kept. */
export async function actAtDeath(
  { config, memory, accounts: ready }: Parts,
  report: CrashReport,
  rules: ContainmentRules,
): Promise<Contained> {
  const { engineId } = report;
  const signal = AbortSignal.timeout(WITHIN_MS);
  const kept = await openDeathMemory(memory, report);
  const pace = {
    beat: () => undefined,
    sleep: (ms: number) => sleep(ms, undefined, { signal }),
    signal,
    lease: createGuard(config, report, { signal, withinMs: WITHIN_MS }),
  };
  const prefix = engineOf(config, engineId).orderIdPrefix;
  const means = { prefix, rules, memory: kept, pace };
  const own = venuesToClear(config, engineId, rules);
  const accounts = ready.ofEngine(engineId).filter((one) => own.includes(one.venue));
  const venues = await Promise.all(accounts.map((account) => containAtDeath(account, means)));
  const { containment: action, rulesDigest } = rules;
  const done = { action, atMs: Date.now(), venues, rulesDigest };
  await kept.finish(done);
  return done;
}

async function openDeathMemory(
  memory: ContainmentMemory,
  report: CrashReport,
): Promise<DeathMemory & { finish: (contained: Contained) => Promise<void> }> {
  const before = await memory.atDeath(report);
  const read = new Map(before?.read.map(({ venue, orders }) => [venue, orders]));
  let writing: Promise<void> = Promise.resolve();
  // One after the other: side by side, the list of one venue could be written over that of another.
  const keep = (contained: Contained | null) => {
    const write = () => {
      const all = [...read].map(([venue, orders]) => ({ venue, orders }));
      return memory.keepAtDeath(report, { read: all, contained });
    };
    writing = writing.then(write, write);
    return writing;
  };
  return {
    listed: (venue) => read.get(venue) ?? null,
    list: ({ venue, orders }) => {
      read.set(venue, orders);
      return keep(null);
    },
    finish: keep,
  };
}
