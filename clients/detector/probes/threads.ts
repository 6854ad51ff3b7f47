/**
 * A thread that must go on running, such as the one that trades: beats of another hide that it does not.
 *
 * Invariants: a thread counts from when it is first seen, and one that has run is judged anew; who looks too
 * rarely, because he was stopped or the machine slept, has seen no silence (beats.ts); the last thread of
 * the name that ends beside a living process no longer runs either.
 */
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import { threadsNamed, type ThreadSeen } from '../../host/kernel/threads.js';
import { sameProcess } from '../crashes.js';
import { threadsKind } from '../kinds/threads.js';
import { keepLooking } from './looking.js';
import { defineProbe, type ProbeWatch } from './probe.js';
import { beatLimits, createJudge, type Judge } from './silence.js';

export const threadsProbe = defineProbe(threadsKind, ({ thread, stillMs }, watch) => {
  const limits = beatLimits({ healthyMs: stillMs, alarmMs: stillMs });
  const name = new RegExp(thread);
  let of: EngineInstance | null = null;
  let judges = createJudges(watch, limits);
  let looks = 0;
  async function look(): Promise<void> {
    const instance = watch.current();
    if (instance === null) return;
    if (of === null || !sameProcess(of, instance)) judges = createJudges(watch, limits);
    of = instance;
    looks += 1;
    const seen = threadsNamed(instance.pid, name);
    if (seen !== null) await judges.look(instance, seen, looks);
  }
  return keepLooking({ everyMs: limits.everyMs }, watch, { kind: 'threads', look });
});

/** No thread has this id. */
const NONE = 0;
/** Looks without any thread of the name, after which that is said. */
const LOOKS_BEFORE_WORD = 20;

/** Of one instance: one for each thread, and one for there being none any more. */
function createJudges(watch: ProbeWatch, limits: ReturnType<typeof beatLimits>) {
  let judges = new Map<number, Judge>();
  let without = 0;
  const judgeOf = (id: number, what: string) =>
    judges.get(id) ?? createJudge(limits, watch, { probe: 'threads', what });
  async function lookForAny(instance: EngineInstance): Promise<void> {
    without += 1;
    if (judges.size === 0) {
      if (without === LOOKS_BEFORE_WORD) {
        watch.warn('no thread has the name that must go on running: none is judged', {});
      }
      return;
    }
    const judge = judgeOf(NONE, 'no thread of the name that must go on running is left');
    judges = new Map([[NONE, judge]]);
    await judge.look(instance, { sequence: 'none', beatMs: null });
  }
  return {
    async look(instance: EngineInstance, seen: readonly ThreadSeen[], looks: number) {
      if (seen.length === 0) return lookForAny(instance);
      without = 0;
      judges = new Map(
        seen.map(({ id, name }) => [id, judgeOf(id, `thread ${name} (${id}) has not run`)]),
      );
      for (const { id, switches } of seen) {
        const sequence = switches ?? `runs at look ${looks}`;
        await judges.get(id)?.look(instance, { sequence, beatMs: null });
      }
    },
  };
}
