/**
 * The crash of one engine that is being told to its guardian.
 *
 * Invariants: what is seen later is added to the report until it is delivered; a stop by the kill
 * switch is no crash.
 */
import type { Logger } from 'pino';
import type { CrashReport, EngineInstance, Sighting } from '../../workflows/domain/crash/report.js';
import { addSighting } from '../../workflows/domain/crash/sightings.js';
import type { Delivery } from './delivery.js';

export interface SightingOf extends Sighting {
  instance: EngineInstance;
}

export interface CrashDependencies {
  delivery: Delivery;
  killSwitchEngaged: (engineId: string) => Promise<boolean>;
  logger: Logger;
}

export interface Crashes {
  /** `onSafe` is called when the report cannot be lost any more, or need not be told. */
  begin(first: SightingOf, onSafe: () => void): void;
  /** Of the instance that is being told; of any other, and when it is told, it is too late. */
  add(sighting: SightingOf): void;
  /** Whose crash is not delivered yet; null where nothing waits. */
  untold(): EngineInstance | null;
}

export function createCrashes(
  { engineId, host }: { engineId: string; host: string },
  { delivery, killSwitchEngaged, logger }: CrashDependencies,
): Crashes {
  let untold: CrashReport | null = null;
  const isUntold = (instance: EngineInstance) =>
    untold !== null && sameProcess(untold.instance, instance);

  async function tell(first: CrashReport, onSafe: () => void): Promise<void> {
    const { instance } = first;
    // A switch that cannot be read is asked for again before any start.
    if (await killSwitchEngaged(engineId).catch(() => false)) {
      logger.warn({ instance }, 'the engine died with its kill switch engaged: no recovery');
      onSafe();
    } else {
      const crash = untold !== null && isUntold(instance) ? untold : first;
      logger.error({ crash }, 'engine crash detected');
      await delivery.send(crash, onSafe);
    }
    if (isUntold(instance)) untold = null;
  }

  return {
    begin({ instance, ...sighting }, onSafe) {
      untold = reportOf({ engineId, host, instance }, sighting);
      void tell(untold, onSafe);
    },
    add({ instance, ...sighting }) {
      if (untold === null || !isUntold(instance)) return;
      const more = addSighting(untold, sighting);
      if (more === untold) return;
      logger.warn({ instance, sighting }, 'more is seen of the crash');
      untold = more;
      delivery.update(more);
    },
    untold: () => untold?.instance ?? null,
  };
}

export function sameProcess(a: EngineInstance, b: EngineInstance): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks;
}

/** An exit status has its place among the sightings, also that of the first. */
function reportOf(
  of: Pick<CrashReport, 'engineId' | 'host' | 'instance'>,
  first: Sighting,
): CrashReport {
  const { suspicion, probe, detail } = first;
  return addSighting({ ...of, detectedAtMs: Date.now(), suspicion, probe, detail }, first);
}
