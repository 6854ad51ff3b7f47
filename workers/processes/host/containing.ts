/**
 * The agent contains a crash itself, before it reports it: where it has keys of its own, by the rules that the
 * guardian handed down, which it keeps for the time when nobody can be asked.
 *
 * Invariants: a live engine, or one of which it is not known, is never acted under; no rules, no act; what was
 * done goes with the report, and is told; it fails for nobody's sake.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { askContainment } from '../../../clients/temporal/containment.js';
import { isWhole, type Contained } from '../../../workflows/domain/crash/contained.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { containedNotice, type CrashNotice } from '../../../workflows/domain/crash/telling.js';
import { incidentIdOf } from '../../../workflows/ids.js';
import { composeContainmentMemory } from '../../compose/containment.js';
import { agentVenues } from '../../config/containment.js';
import { engineOf, enginesHere } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';
import { actAtDeath, venuesToClear } from './at-death.js';
import { whyNotDead } from './death-guard.js';
import { createReadyAccounts, type ReadyAccounts } from './ready-accounts.js';
import { Tried } from './tried.js';

const AGAIN_AFTER_MS = 30_000;
const LEARN_EVERY_MS = 600_000;
const LEARN_AGAIN_MS = 5_000;

export interface Containing {
  /** The report with what was done; as it came where there is nothing to tell. Never fails. */
  withContained(report: CrashReport): Promise<CrashReport>;
  /** Until the signal: the venues are known, and the keys tried, before anything dies. */
  keepReady(signal: AbortSignal): Promise<void>;
  /** Asks for the rules of containment, again and again until the signal. */
  learn(connect: () => Promise<Client>, signal: AbortSignal): Promise<void>;
}

interface Around {
  config: Config;
  logger: Logger;
  send: (notice: CrashNotice) => Promise<void>;
}

export function createContaining(around: Around): Containing {
  const { config, logger } = around;
  const memory = composeContainmentMemory(config);
  const accounts = createReadyAccounts(config, logger);
  const running = new Map<string, Promise<Contained | null>>();
  const tried = new Tried(AGAIN_AFTER_MS);
  /** Engines of which the guardian has said since the start of this agent that they live here. */
  const handed = new Set<string>();

  async function contained(report: CrashReport): Promise<Contained | null> {
    const key = report.instance.instanceId;
    const last = (await memory.atDeath(report))?.contained ?? null;
    if (last !== null && isWhole(last)) return last;
    if (!tried.isDue(key, performance.now())) return last;
    return (await actAndTell({ ...around, memory, accounts, handed }, report)) ?? last;
  }

  return {
    keepReady: (signal) => accounts.keepReady(signal),
    learn: (connect, signal) => learn({ ...around, memory, handed, connect }, signal),
    async withContained(report) {
      const { engineId, instance, host } = report;
      if (agentVenues(engineOf(config, engineId)).length === 0) return report;
      if (instance.pid === null) return report; // nobody has seen a death at which to act
      const of = running.get(instance.instanceId) ?? contained(report);
      running.set(instance.instanceId, of);
      try {
        const done = await of;
        return done === null ? report : { ...report, contained: done };
      } catch (error) {
        const why = `what it did or read could not be kept or read again (${codeOf(error)})`;
        logger.error({ engineId, why }, 'THE AGENT COULD NOT CONTAIN: orders may be left');
        const incidentId = incidentIdOf(engineId, instance.instanceId);
        await around.send(containedNotice({ incidentId, engineId, host }, null, why));
        return report;
      } finally {
        running.delete(instance.instanceId);
      }
    },
  };
}

/** Never its text, in which a secret may be. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return (error as NodeJS.ErrnoException).code ?? error.name;
}

interface Acting extends Around {
  memory: ReturnType<typeof composeContainmentMemory>;
  accounts: ReadyAccounts;
  handed: Set<string>;
}

/** Null where nothing could be done, or nothing is to be done. */
async function actAndTell(
  { config, logger, send, memory, accounts, handed }: Acting,
  report: CrashReport,
): Promise<Contained | null> {
  const { engineId, instance, host } = report;
  const rules = await memory.rules(engineId);
  if (rules !== null && venuesToClear(config, engineId, rules).length === 0) return null;
  const why =
    rules === null
      ? 'no policy was handed to this agent yet, so the orders are as they were'
      : await whyNotDead(config, report, handed.has(engineId));
  const done =
    rules === null || why !== null
      ? null
      : await actAtDeath({ config, memory, accounts }, report, rules);
  const incidentId = incidentIdOf(engineId, instance.instanceId);
  logger.warn({ engineId, instanceId: instance.instanceId, done, why }, 'containment by the agent');
  await send(containedNotice({ incidentId, engineId, host }, done, why ?? ''));
  return done;
}

interface Learning extends Omit<Acting, 'accounts'> {
  connect: () => Promise<Client>;
}

async function learn(
  { config, logger, memory, handed, connect }: Learning,
  signal: AbortSignal,
): Promise<void> {
  const own = enginesHere(config).filter(([, engine]) => agentVenues(engine).length > 0);
  const learnOne = async (engineId: string) => {
    const rules = await askContainment(await connect(), { engineId, host: config.host });
    await memory.keepRules(engineId, rules);
    handed.add(engineId);
  };
  while (own.length > 0 && !signal.aborted) {
    const asked = await Promise.allSettled(own.map(([engineId]) => learnOne(engineId)));
    const knowsAll = asked.every(({ status }) => status === 'fulfilled');
    if (knowsAll) logger.info('the rules of containment are handed down');
    const waitMs = knowsAll ? LEARN_EVERY_MS : LEARN_AGAIN_MS;
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
