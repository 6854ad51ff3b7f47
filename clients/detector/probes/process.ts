/**
 * The process table, several times a second: sees a core being written, when sockets are still
 * open, a death that no socket told, and a process that is stopped. By its settings a source says which process that is
 * (sources/process.ts); without them it is the one that another source names.
 *
 * Invariant: the cheap look tells that all is as before; everything else is for the process table.
 */
import { livenessOf } from '../../host/process-table.js';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import { glanceAt, type Glance } from '../../host/kernel/glance.js';
import { sameProcess } from '../crashes.js';
import { processKind } from '../kinds/process.js';
import { keepLooking } from './looking.js';
import { defineProbe, type ProbeWatch } from './probe.js';
import { createJudge } from './silence.js';

/** A stop is judged by looks no nearer to each other: a busy machine delays the others. */
const LEAST_JUDGED_MS = 250;
/** For stops, and for an end that no event has told, where the kernel tells of both. */
const TOLD_EVERY_MS = LEAST_JUDGED_MS;
const HELD = { probe: 'procfs', what: 'it does not work' } as const;

export const processProbe = defineProbe(processKind, ({ everyMs }, watch, { heartbeat }) => {
  const limits = { ...heartbeat, everyMs: Math.max(everyMs, LEAST_JUDGED_MS) };
  const judge = createJudge(limits, watch, HELD);
  const at = createGlances();
  let works = 0;
  async function look(): Promise<void> {
    const instance = watch.untold();
    if (instance === null) return at.close();
    const seen = (await at.glance(instance))?.look() ?? 'changed';
    if (seen !== 'stopped') {
      works += 1;
      watch.trust(instance, HELD);
    }
    if (seen === 'changed') await tellEnd(instance, watch);
    if (seen === 'stopped') await judge.look(instance, { sequence: String(works), beatMs: null });
  }
  const often = () => {
    const instance = watch.untold();
    const isTold = instance !== null && watch.isToldByKernel(instance);
    return isTold ? Math.max(everyMs, TOLD_EVERY_MS) : everyMs;
  };
  const looks = keepLooking({ everyMs: often }, watch, { kind: 'process', look });
  return {
    stop: async () => {
      await looks.stop();
      at.close();
    },
  };
});

/** Of one process at a time: the same as long as that is watched. */
function createGlances() {
  let of: EngineInstance | null = null;
  let glance: Glance | null = null;
  const close = () => {
    glance?.close();
    glance = null;
    of = null;
  };
  return {
    close,
    async glance(instance: EngineInstance): Promise<Glance | null> {
      if (of !== null && sameProcess(of, instance)) return glance;
      close();
      const opened = await glanceAt(instance.pid, instance.startTicks);
      [of, glance] = [instance, opened];
      return opened;
    },
  };
}

/** Also where another probe was first: a hung engine that dies of it afterwards is both. */
async function tellEnd(instance: EngineInstance, watch: ProbeWatch): Promise<void> {
  const liveness = await livenessOf(instance.pid, instance.startTicks);
  if (liveness === 'gone') {
    const detail = `pid ${instance.pid} is gone`;
    watch.suspect({ instance, suspicion: 'dead', probe: 'procfs', detail });
  } else if (liveness === 'dumping_core') {
    const detail = `pid ${instance.pid} writes its core`;
    watch.suspect({ instance, suspicion: 'dumping_core', probe: 'procfs', detail });
  }
}
