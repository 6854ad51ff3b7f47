/**
 * An engine that has said goodbye.
 *
 * Invariant: a goodbye makes an end a planned stop only when the process then really ends, soon and
 * without writing a core; whoever says goodbye and lives on is watched as before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { EngineInstance } from '../../workflows/domain/crash/report.js';
import { isExiting, livenessOf } from '../host/process-table.js';
import type { SightingOf } from './crashes.js';
import type { Watched, WatchedFile } from './watched.js';

/** `planned`: it is gone, or on its way out; `crashed`: it writes its core; `lives`: it goes on. */
type Leaving = 'planned' | 'crashed' | 'lives';

const LOOK_EVERY_MS = 10;

/** Looks until it is known, or the time is over; a look that fails has shown nothing. */
async function leavingOf({ pid, startTicks }: EngineInstance, withinMs: number): Promise<Leaving> {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const liveness = await livenessOf(pid, startTicks).catch(() => 'alive' as const);
    if (liveness === 'gone') return 'planned';
    if (liveness === 'dumping_core') return 'crashed';
    if (performance.now() >= untilMs) {
      return (await isExiting(pid).catch(() => false)) ? 'planned' : 'lives';
    }
    await sleep(LOOK_EVERY_MS);
  }
}

export interface Goodbyes {
  /** From now on it is leaving, until it is known how. */
  begin(instance: EngineInstance): void;
  /** Until nobody is leaving. */
  settled(): Promise<void>;
  stop(): void;
}

export function createGoodbyes(
  record: WatchedFile,
  goodbyeMs: number,
  { log, onCrash }: { log: Logger; onCrash: (sighting: SightingOf) => void },
): Goodbyes {
  let stopped = false;
  let leaving = Promise.resolve();

  async function leave(instance: EngineInstance): Promise<void> {
    const left: Watched = { ...record.value, instance, ended: 'leaving' };
    record.save(left);
    const how = await leavingOf(instance, goodbyeMs);
    if (stopped || record.value !== left) return;
    if (how === 'planned') return record.save({ ...left, ended: 'goodbye' });
    record.save({ ...left, ended: 'no' });
    const { instanceId, pid } = instance;
    if (how === 'lives') {
      const told = { instanceId, pid, goodbyeMs };
      return log.error(told, 'the engine has said goodbye and lives on: it is watched as before');
    }
    const detail = `pid ${pid} writes its core after its goodbye`;
    onCrash({ instance, suspicion: 'dumping_core', probe: 'procfs', detail });
  }

  return {
    begin: (instance) => void (leaving = leave(instance)),
    settled: () => leaving,
    stop: () => void (stopped = true),
  };
}
