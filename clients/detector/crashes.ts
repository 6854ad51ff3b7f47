/**
 * The crash of one engine that is being told to its guardian.
 *
 * Invariants: what is seen later is added to the report until it is delivered; people are told of every
 * death at once, before and beside its delivery; one with the kill switch engaged is not recovered from;
 * a stop that Relight itself has ordered is no crash, unless it hung or wrote a core.
 */
import type { Logger } from 'pino';
import type { CrashReport, EngineInstance, Sighting } from '../../workflows/domain/crash/report.js';
import type { SwitchReading } from '../../workflows/domain/crash/telling.js';
import { addSighting } from '../../workflows/domain/crash/sightings.js';
import type { ToldPlace } from '../host/place.js';
import type { Delivery } from './delivery.js';

export interface SightingOf extends Sighting {
  instance: EngineInstance;
}

export interface CrashDependencies {
  delivery: Delivery;
  killSwitchEngaged: (engineId: string) => Promise<boolean>;
  /** Whether Relight has told that process to stop; absent: it tells nobody. */
  stopOrdered?: (process: Pick<EngineInstance, 'pid' | 'startTicks'>) => Promise<boolean>;
  /** People, of an engine of which there is no sign; absent: only the log is told. */
  tellUnseen?: (engineId: string, sinceMs: number) => Promise<void>;
  /** People. Never fails; resolves as soon as a restart would neither lose it nor tell it again. */
  tell: (report: CrashReport, killSwitch: SwitchReading) => Promise<void>;
  logger: Logger;
}

export interface Crashes {
  /** `onSafe` is called when the report cannot be lost any more, or need not be told. */
  begin(first: SightingOf, place: ToldPlace, onSafe: () => void): void;
  /** Of the instance that is being told; of any other, and when it is told, it is too late. */
  add(sighting: SightingOf): void;
  /** Whose crash is not delivered yet; null where nothing waits. */
  untold(): EngineInstance | null;
}

export function createCrashes(
  { engineId }: { engineId: string },
  dependencies: CrashDependencies,
): Crashes {
  const { delivery, killSwitchEngaged, tell: tellPeople, logger } = dependencies;
  let untold: CrashReport | null = null;
  const isUntold = (instance: EngineInstance) =>
    untold !== null && sameProcess(untold.instance, instance);

  async function tell(first: CrashReport, onSafe: () => void): Promise<void> {
    const { instance } = first;
    if (await isOrderedStop(() => untold ?? first, dependencies)) {
      logger.info({ instance }, 'the engine has stopped, as it was told to: no crash');
      if (isUntold(instance)) untold = null;
      return onSafe();
    }
    // A switch that cannot be read is asked for again before any start.
    const killSwitch = await killSwitchEngaged(engineId).then(
      (engaged) => (engaged ? 'engaged' : 'released'),
      () => 'unreadable' as const,
    );
    const told = tellPeople(first, killSwitch);
    if (killSwitch === 'engaged') {
      logger.warn({ instance }, 'the engine died with its kill switch engaged: no recovery');
      await told;
      onSafe();
    } else {
      await sendAll(first, () => void told.then(onSafe));
    }
    if (isUntold(instance)) untold = null;
  }

  /** What is seen between its delivery and the next look at it goes once more. */
  async function sendAll(first: CrashReport, onSafe: () => void): Promise<void> {
    let crash = first;
    let told: CrashReport | null = null;
    do {
      if (untold !== null && isUntold(first.instance)) crash = untold;
      if (told === null) logger.error({ crash }, 'engine crash detected');
      if (told === crash) return;
      told = await delivery.send(crash, onSafe);
    } while (told !== null); // stopped: it stays spooled
  }

  return {
    begin({ instance, ...sighting }, place, onSafe) {
      untold = reportOf({ engineId, ...place, instance }, sighting);
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

/** Nobody saw a hang, or a core. */
async function isOrderedStop(
  latest: () => CrashReport,
  { stopOrdered = async () => false }: Pick<CrashDependencies, 'stopOrdered'>,
): Promise<boolean> {
  if (!(await stopOrdered(latest().instance).catch(() => false))) return false;
  const { suspicion, sightings = [] } = latest();
  return [suspicion, ...sightings.map((more) => more.suspicion)].every((each) => each === 'dead');
}

export function sameProcess(a: EngineInstance, b: EngineInstance): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks;
}

/** An exit status has its place among the sightings, also that of the first. */
function reportOf(
  of: Pick<CrashReport, 'engineId' | 'host' | 'bootId' | 'pidNamespace' | 'instance'>,
  first: Sighting,
): CrashReport {
  const { suspicion, probe, detail } = first;
  return addSighting({ ...of, detectedAtMs: Date.now(), suspicion, probe, detail }, first);
}
