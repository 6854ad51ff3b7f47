/**
 * Judges what sources and probes say of one engine.
 *
 * Invariants: one report per engine instance, whichever probes saw it; a stop with a goodbye is no
 * crash; that a death is told is on disk only when the report cannot be lost any more.
 */
import type { Logger } from 'pino';
import type { EngineInstance } from '../../workflows/domain/crash/report.js';
import { livenessOf } from '../host/process-table.js';
import { createCrashes, sameProcess, type CrashDependencies, type SightingOf } from './crashes.js';
import type { ProbeWatch } from './probes/probe.js';
import type { SourceWatch } from './sources/source.js';
import type { Watched, WatchedFile } from './watched.js';

export type Watch = ProbeWatch & SourceWatch;

export function createWatch(
  of: { engineId: string; host: string },
  dependencies: CrashDependencies,
  record: WatchedFile,
): Watch {
  const log = dependencies.logger.child({ engineId: of.engineId });
  const listeners: ((instance: EngineInstance) => void)[] = [];
  const crashes = createCrashes(of, { ...dependencies, logger: log });

  function begin(sighting: SightingOf): void {
    const ended: Watched = { instance: sighting.instance, ended: 'reported' };
    record.value = ended;
    // On disk only when the report is safe; a newer hello must not be overwritten.
    crashes.begin(sighting, () => {
      if (record.value === ended) record.save(ended);
    });
  }

  const current = () => (record.value?.ended === 'no' ? record.value.instance : null);
  const isCurrent = (instance: EngineInstance) => {
    const watched = current();
    return watched !== null && sameProcess(watched, instance);
  };
  return {
    engineId: of.engineId,
    current,
    untold: () => current() ?? crashes.untold(),
    hello(instance) {
      log.info({ instance }, 'engine says hello');
      void alarmIfTwo(record.value, instance, log);
      record.save({ instance, ended: 'no' });
    },
    goodbye(instance, reason) {
      log.info({ instanceId: instance.instanceId, reason }, 'engine says goodbye: a planned stop');
      if (isCurrent(instance)) record.save({ instance, ended: 'goodbye' });
    },
    disconnected(instance) {
      for (const listener of listeners) listener(instance);
    },
    onDisconnect: (listener) => void listeners.push(listener),
    suspect: (sighting) => (isCurrent(sighting.instance) ? begin(sighting) : crashes.add(sighting)),
    warn: (message, fields) => log.warn(fields, message),
  };
}

/** One live engine: a second one that says hello while the first lives is an alarm. */
async function alarmIfTwo(
  before: Watched | null,
  instance: EngineInstance,
  log: Logger,
): Promise<void> {
  if (before === null || before.ended !== 'no' || before.instance.pid === instance.pid) return;
  const { pid, startTicks } = before.instance;
  if ((await livenessOf(pid, startTicks)) === 'gone') return;
  log.error({ first: before.instance, second: instance }, 'TWO LIVE ENGINES: stop one of them now');
}
