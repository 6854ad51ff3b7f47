/**
 * Judges the beats of one engine for the probes that see them, and tells a hang.
 *
 * Invariants: each instance begins anew; an engine hangs only as long as its process lives, and the
 * process table is asked for that.
 */
import type { EngineInstance, Probe, Suspicion } from '../../../workflows/domain/crash/report.js';
import { DOUBTS } from '../../../workflows/domain/crash/life/doubts.js';
import {
  judgeBeat,
  type BeatLimits,
  type Silence,
} from '../../../workflows/domain/engine/beats.js';
import { livenessOf, readStat } from '../../host/process-table.js';
import { sameProcess } from '../crashes.js';
import type { OfEngine, ProbeWatch } from './probe.js';

const LEAST_EVERY_MS = 50;
const MOST_EVERY_MS = 1_000;
const WARN_EVERY_MS = 1_000;

/** Often enough that an alarm is no later than half of its limit. */
export function beatLimits({ healthyMs, alarmMs }: OfEngine['heartbeat']): BeatLimits {
  const everyMs = Math.max(LEAST_EVERY_MS, Math.min(MOST_EVERY_MS, Math.floor(alarmMs / 5)));
  return { everyMs, healthyMs, alarmMs };
}

/** CLOCK_MONOTONIC, one clock for all processes of a host. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** Of an engine that tells it beside its beats. */
export const NO_PROGRESS = 'no progress in what it tells of its work';

export interface Judge {
  look(instance: EngineInstance, beat: { sequence: string; beatMs: number | null }): Promise<void>;
}

export function createJudge(
  limits: BeatLimits,
  watch: ProbeWatch,
  { probe, what }: { probe: Probe; what: string },
): Judge {
  const doubt = DOUBTS.find((one) => one === what);
  const kind = doubt === undefined ? null : { probe, what: doubt };
  let of: EngineInstance | null = null;
  let silence: Silence | null = null;
  let warnedMs = -WARN_EVERY_MS;
  return {
    async look(instance, beat) {
      if (of === null || !sameProcess(of, instance)) silence = null;
      of = instance;
      const judged = judgeBeat(silence, { nowMs: monotonicMs(), ...beat }, limits);
      silence = judged.silence;
      const isWell = judged.verdict === 'healthy';
      if (kind !== null) watch[isWell ? 'trust' : 'doubt'](instance, kind);
      if (isWell) return;
      const { silentMs, lookedMs } = silence;
      if (lookedMs - warnedMs >= WARN_EVERY_MS) {
        watch.warn(`the engine is silent: ${what}`, { silentMs, alarmMs: limits.alarmMs });
        warnedMs = lookedMs;
      }
      if (judged.verdict !== 'hung') return;
      const detail = `${what} for ${silentMs} ms`;
      await tellSilent(watch, { instance, probe, detail });
    },
  };
}

/** One that is gone without a word is told too: this may be the only probe of its engine. */
export async function tellSilent(
  watch: ProbeWatch,
  { instance, probe, detail }: { instance: EngineInstance; probe: Probe; detail: string },
): Promise<void> {
  const { suspicion, is, stopped } = await stateOf(instance);
  const told = { instance, suspicion, probe, detail: `${detail}, ${is}` };
  watch.suspect(stopped ? { ...told, stopped } : told);
}

interface State {
  suspicion: Suspicion;
  is: string;
  stopped: boolean;
}

const STATES: Record<'dumping_core' | 'gone', State> = {
  dumping_core: { suspicion: 'dumping_core', is: 'process writes its core', stopped: false },
  gone: { suspicion: 'dead', is: 'process gone', stopped: false },
};

async function stateOf({ pid, startTicks }: EngineInstance): Promise<State> {
  const liveness = await livenessOf(pid, startTicks);
  if (liveness !== 'alive') return STATES[liveness];
  const stopped = (await readStat(pid))?.state === 'T';
  return {
    suspicion: 'hung',
    is: stopped ? 'stopped by a signal' : 'process alive: hung',
    stopped,
  };
}
