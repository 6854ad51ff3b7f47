/**
 * What is known of a death, from everyone who saw something of it: probes while it happened,
 * collectors afterwards.
 *
 * Invariant: facts add up. What one has seen is not lost because another saw something first, and
 * the sum is the same in whatever order they come, however often.
 */
import type { CauseFacts } from './cause/cause.js';
import type { CrashReport, Sighting, Suspicion } from './report.js';

/** What is known for the cause, with the suspicion in the words of reports. */
interface KnownFacts extends CauseFacts {
  suspicion: Suspicion;
}

/** Who knows nothing of a thing says nothing of it, null or no. */
export type Facts = Partial<KnownFacts>;

/** A hang is more than a death, which follows it; a core is more than the end that it delays; any is more than no sign. */
const WEIGHT: Record<Suspicion, number> = { never_came_up: 0, dead: 1, dumping_core: 2, hung: 3 };

/** Of a death of which nothing is known yet. */
export const NO_FACTS: Omit<KnownFacts, 'suspicion'> = {
  exit: null,
  coreFault: null,
  threads: [],
  kernelLines: [],
  oomKilled: false,
  lastWords: null,
  backtrace: null,
  hungThreads: null,
  neverCameUp: false,
  kernelSilence: null,
};

/** All that is known for the cause: of the report, of its sightings, and of the collectors. */
export function causeFactsOf(report: CrashReport, collected: readonly Facts[]): KnownFacts {
  const { suspicion, instance, sightings = [] } = report;
  return [...sightings.map(factsOf), ...collected].reduce<KnownFacts>(addFacts, {
    ...NO_FACTS,
    suspicion,
    threads: instance.pid === null ? [] : [instance.pid],
    neverCameUp: instance.pid === null,
  });
}

/** The report with what a later look has shown; the very same where that says nothing new. */
export function addSighting(report: CrashReport, sighting: Sighting): CrashReport {
  const { suspicion, probe, detail, sightings = [] } = report;
  const told = [{ suspicion, probe, detail }, ...sightings];
  if (told.some((one) => says(one, sighting))) return report;
  return { ...report, sightings: [...sightings, sighting] };
}

/** The report with all that another one of the same death tells. */
export function addReport(report: CrashReport, other: CrashReport): CrashReport {
  const { suspicion, probe, detail, sightings = [] } = other;
  return [{ suspicion, probe, detail }, ...sightings].reduce(addSighting, report);
}

export function addFacts(known: KnownFacts, more: Facts): KnownFacts {
  const other: KnownFacts = { ...NO_FACTS, suspicion: known.suspicion, ...more };
  return {
    suspicion: heavier(known.suspicion, other.suspicion),
    exit: either(known.exit, other.exit),
    coreFault: either(known.coreFault, other.coreFault),
    threads: both(known.threads, other.threads),
    kernelLines: both(known.kernelLines, other.kernelLines),
    oomKilled: known.oomKilled || other.oomKilled,
    lastWords: either(known.lastWords, other.lastWords),
    backtrace: either(known.backtrace, other.backtrace),
    hungThreads: either(known.hungThreads, other.hungThreads),
    neverCameUp: known.neverCameUp || other.neverCameUp,
    kernelSilence: either(known.kernelSilence, other.kernelSilence),
  };
}

function factsOf({ suspicion, exit, oomKilled = false }: Sighting): Facts {
  return { suspicion, exit: exit ?? null, oomKilled };
}

function heavier(a: Suspicion, b: Suspicion): Suspicion {
  return WEIGHT[a] >= WEIGHT[b] ? a : b;
}

/** What is known; of two that contradict each other always the same one, whoever came first. */
function either<T>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  return JSON.stringify(a) >= JSON.stringify(b) ? a : b;
}

/** Each once, in an order of their own. */
function both<T>(a: readonly T[], b: readonly T[]): T[] {
  const all = new Map([...a, ...b].map((one) => [JSON.stringify(one), one]));
  return [...all].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one);
}

/** Whether nothing is new in the other one: a fact with the same suspicion says more than that alone. */
function says(told: Sighting, more: Sighting): boolean {
  if (told.suspicion !== more.suspicion) return false;
  const isTold = more.exit === undefined || JSON.stringify(told.exit) === JSON.stringify(more.exit);
  const isNew = (fact?: boolean, known?: boolean) => fact === true && known !== true;
  return isTold && !isNew(more.oomKilled, told.oomKilled) && !isNew(more.stopped, told.stopped);
}
