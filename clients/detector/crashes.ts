/**
 * The crash of one engine that is being told to its guardian.
 *
 * Invariants: what is seen later is added to the report, also when that is delivered; people are told of every
 * death at once, before and beside its delivery; one with the kill switch engaged is not recovered from;
 * a stop that Relight itself has ordered is no crash, unless it hung or wrote a core.
 */
import type { Logger } from 'pino';
import type { LostConnection } from '../../workflows/domain/engine/connections.js';
import type {
  CrashReport,
  EngineInstance,
  ReportedInstance,
  Sighting,
} from '../../workflows/domain/crash/report.js';
import type { SwitchReading } from '../../workflows/domain/crash/telling.js';
import { addSighting } from '../../workflows/domain/crash/sightings.js';
import type { ToldPlace } from '../host/place.js';
import type { Delivery } from './delivery.js';

export interface SightingOf extends Sighting {
  instance: EngineInstance;
  /** Exchanges that it had told to have lost. */
  disconnected?: readonly LostConnection[];
}

export interface CrashDependencies {
  delivery: Delivery;
  killSwitchEngaged: (engineId: string) => Promise<boolean>;
  /** Whether Relight has told that process to stop; absent: it tells nobody. */
  stopOrdered?: (process: Pick<EngineInstance, 'pid' | 'startTicks'>) => Promise<boolean>;
  /** People, of an engine of which there is no sign, and `why` it is not reported; absent: only the log is told. */
  tellUnseen?: (engineId: string, told: { sinceMs: number; why: string | null }) => Promise<void>;
  /** Why an engine that was never seen may live all the same; null where nothing of it is there. Never fails. */
  mayLive?: (engineId: string) => Promise<string | null>;
  /** People. Never fails; resolves as soon as a restart would neither lose it nor tell it again. */
  tell: (report: CrashReport, killSwitch: SwitchReading) => Promise<void>;
  logger: Logger;
}

export interface Crashes {
  /** `onSafe` is called when the report cannot be lost any more, or need not be told. */
  begin(first: SightingOf, place: ToldPlace, onSafe: () => void): void;
  /**
   * Of the instance whose crash was told last: also where it is told already, because how it ended is
   * known a moment later. What ends a hung engine then is its recovery, and adds nothing.
   */
  add(sighting: SightingOf): void;
  /** Whose crash is not delivered yet; null where nothing waits. */
  untold(): EngineInstance | null;
}

/** The last crash: what of it nobody has been told yet, and how it was told. */
interface Last {
  untold: CrashReport | null;
  told: CrashReport | null;
}

export function createCrashes(
  { engineId }: { engineId: string },
  dependencies: CrashDependencies,
): Crashes {
  const { delivery, tell: tellPeople, logger } = dependencies;
  const last: Last = { untold: null, told: null };
  const send = createSender(delivery, last);

  async function tell(first: CrashReport, onSafe: () => void): Promise<void> {
    const { instance } = first;
    if (await isOrderedStop(() => newestOf(last, first), dependencies)) {
      logger.info({ instance }, 'the engine has stopped, as it was told to: no crash');
      if (isOf(last.untold, instance)) last.untold = null;
      return onSafe();
    }
    const killSwitch = await readSwitch(engineId, dependencies);
    const people = tellPeople(first, killSwitch);
    if (killSwitch === 'engaged') {
      logger.warn({ instance }, 'the engine died with its kill switch engaged: no recovery');
      await people;
      onSafe();
      if (isOf(last.untold, instance)) last.untold = null;
    } else {
      logger.error({ crash: newestOf(last, first) }, 'engine crash detected');
      await send(first, () => void people.then(onSafe));
    }
  }

  return {
    begin({ instance, disconnected = [], ...sighting }, place, onSafe) {
      last.told = null;
      const without = disconnected.length === 0 ? {} : { disconnected: [...disconnected] };
      last.untold = reportOf({ engineId, ...place, instance, ...without }, sighting);
      void tell(last.untold, onSafe);
    },
    add({ instance, ...sighting }) {
      const { untold, told } = last;
      const report = isOf(untold, instance) ? untold : told;
      if (report === null || !sameProcess(report.instance, instance)) return;
      if (report === told && report.suspicion === 'hung') return;
      const more = addSighting(report, sighting);
      if (more === report) return;
      logger.warn({ instance, sighting }, 'more is seen of the crash');
      last.untold = more;
      if (report === told) void send(more, () => undefined);
      else delivery.update(more);
    },
    untold: () => processIn(last.untold),
  };
}

/** One that cannot be read keeps nobody from being told, and is asked for again before any start. */
export async function readSwitch(
  engineId: string,
  { killSwitchEngaged }: Pick<CrashDependencies, 'killSwitchEngaged'>,
): Promise<SwitchReading> {
  return killSwitchEngaged(engineId).then(
    (engaged) => (engaged ? 'engaged' : 'released'),
    () => 'unreadable' as const,
  );
}

type Send = (first: CrashReport, onSafe: () => void) => Promise<void>;

/** What is seen between its delivery and the next look at it goes once more. */
function createSender(delivery: Delivery, last: Last): Send {
  return async (first, onSafe) => {
    let sent: CrashReport | null;
    do {
      sent = await delivery.send(newestOf(last, first), onSafe);
    } while (sent !== null && sent !== newestOf(last, sent));
    if (!isOf(last.untold, first.instance)) return;
    last.untold = null;
    last.told = sent; // null where it was stopped: it stays spooled
  };
}

function newestOf({ untold }: Last, report: CrashReport): CrashReport {
  return untold !== null && isOf(untold, report.instance) ? untold : report;
}

function isOf(report: CrashReport | null, instance: ReportedInstance): boolean {
  return report !== null && sameProcess(report.instance, instance);
}

/** Null where it names none. */
function processIn(report: CrashReport | null): EngineInstance | null {
  const instance = report?.instance;
  return instance === undefined || instance.pid === null ? null : instance;
}

/** Nobody saw a hang, or a core. */
async function isOrderedStop(
  latest: () => CrashReport,
  { stopOrdered = async () => false }: Pick<CrashDependencies, 'stopOrdered'>,
): Promise<boolean> {
  const process = processIn(latest());
  if (process === null || !(await stopOrdered(process).catch(() => false))) return false;
  const { suspicion, sightings = [] } = latest();
  return [suspicion, ...sightings.map((more) => more.suspicion)].every((each) => each === 'dead');
}

type Process = Pick<ReportedInstance, 'pid' | 'startTicks'>;

/** Of none there is no second one. */
export function sameProcess(a: Process, b: Process): boolean {
  return a.pid !== null && a.pid === b.pid && a.startTicks === b.startTicks;
}

/** An exit status has its place among the sightings, also that of the first. */
function reportOf(
  of: Omit<CrashReport, keyof Sighting | 'detectedAtMs' | 'sightings'>,
  first: Sighting,
): CrashReport {
  const { suspicion, probe, detail } = first;
  return addSighting({ ...of, detectedAtMs: Date.now(), suspicion, probe, detail }, first);
}
