/**
 * Sources that look for the engine's process, in place of being told by it.
 *
 * Invariants: what is found is watched, and so may be killed: it is seen here, of the engine's own user
 * where it has one, marked as no other engine's, and never Relight itself; why one is not taken is said
 * once, until another is; the look at a watched engine is rare, and only for a second one.
 */
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import { startOfLiving, userOf } from '../../host/process-table.js';
import { sameProcess } from '../crashes.js';
import { keepLooking } from '../probes/looking.js';
import type { OfEngine, Running } from '../probes/probe.js';
import { marksOf } from './marks.js';
import type { FindingWatch, SourceWatch } from './source.js';

/** `nobody`: nothing is wrong, there is none now. */
export type Finding =
  | { kind: 'process'; pid: number; startTicks: string; epoch?: number }
  | { kind: 'nobody' }
  | { kind: 'doubt'; why: string };

export const NOBODY: Finding = { kind: 'nobody' };

export interface Finder {
  /** As it is told to people. */
  by: string;
  everyMs: number;
  /** While one is watched, for a second one. */
  watchedEveryMs: number;
  /** @param watched of whom what was found right once need not be looked at again. */
  find: (watched: EngineInstance | null) => Promise<Finding>;
}

export function keepFinding(
  { by, everyMs, watchedEveryMs, find }: Finder,
  watch: FindingWatch,
  of: Pick<OfEngine, 'owner'>,
): Running {
  const doubts = createDoubts(watch, by);
  let waited = 0;
  async function look(): Promise<void> {
    waited += everyMs;
    if (watch.current() !== null && waited < watchedEveryMs) return;
    waited = 0;
    const found = await find(watch.current());
    if (found.kind === 'nobody') return;
    const watched = watch.current();
    // Whoever watches it knows more of it, and it needs no other look.
    if (found.kind === 'process' && watched !== null && sameProcess(found, watched)) {
      return doubts.forget();
    }
    const why = found.kind === 'doubt' ? found.why : await whyNotTaken(found, watch, of);
    if (why === null) doubts.forget();
    else doubts.tell(why);
  }
  return keepLooking({ everyMs }, watch, { kind: by, look });
}

/** By its pid alone; the start ticks are read here. */
export async function processOf(pid: number): Promise<Finding> {
  const startTicks = await startOfLiving(pid);
  return startTicks === null ? NOBODY : { kind: 'process', pid, startTicks };
}

async function whyNotTaken(
  { pid, startTicks, epoch }: Extract<Finding, { kind: 'process' }>,
  watch: FindingWatch,
  { owner }: Pick<OfEngine, 'owner'>,
): Promise<string | null> {
  if (pid === process.pid) return `pid ${pid} is Relight itself`;
  const uid = owner === null ? null : await userOf(pid);
  if (uid !== null && uid !== owner?.uid) return `pid ${pid} is of another user (uid ${uid})`;
  const marks = await marksOf(pid);
  if (marks.engineId !== null && marks.engineId !== watch.engineId) {
    return `pid ${pid} is marked as a process of the engine ${marks.engineId}`;
  }
  return watch.found(instanceOf({ pid, startTicks }, { ...marks, epoch: epoch ?? marks.epoch }));
}

/** A name that was given to an earlier process too would make its death one that is known already. */
function instanceOf(
  { pid, startTicks }: Pick<EngineInstance, 'pid' | 'startTicks'>,
  { instanceId, epoch }: { instanceId: string | null; epoch: number | null },
): EngineInstance {
  return {
    instanceId: instanceId ?? `pid-${pid}-${startTicks}`,
    pid,
    startTicks,
    build: 'not told',
    epoch: epoch ?? 0,
  };
}

function createDoubts(watch: SourceWatch, by: string) {
  let told: string | null = null;
  return {
    tell(why: string) {
      if (told === why) return;
      told = why;
      watch.warn('what a source of liveness names is not watched', { by, why });
    },
    forget: () => void (told = null),
  };
}
