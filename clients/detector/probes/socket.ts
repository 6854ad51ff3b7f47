/**
 * The connection over which the engine said hello: its end, and the beats that it sends over it.
 *
 * Invariant: end-of-file alone is no crash, the process table is asked. The kernel closes sockets a
 * moment before the process is gone, so the asking is repeated for a while.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import { livenessOf } from '../../host/process-table.js';
import { sameProcess } from '../crashes.js';
import { socketKind } from '../kinds/socket.js';
import { keepLooking } from './looking.js';
import { defineProbe, type OfEngine, type ProbeWatch, type Running } from './probe.js';
import { beatLimits, createJudge, monotonicMs, NO_PROGRESS } from './silence.js';

const CLOSED = {
  probe: 'socket',
  what: 'its connection is closed, and it has not come back',
} as const;
const ASK_AGAIN_MS = 2;
const ASKED = 100;

export const socketProbe = defineProbe(socketKind, (_entry, watch, { heartbeat }) => {
  watch.onDisconnect((instance) => void endOfFile(instance, watch));
  return watchBeats(watch, heartbeat); // the connection is its source's to end
});

interface Heard {
  instance: EngineInstance;
  beats: number;
  beatMs: number;
  /** As the last beat told it. */
  progress: number | undefined;
}

/** Of an engine that sends beats, as long as it is connected: one that never sent any is not late. */
function watchBeats(watch: ProbeWatch, heartbeat: OfEngine['heartbeat']): Running {
  const limits = beatLimits(heartbeat);
  const judge = createJudge(limits, watch, { probe: 'socket', what: 'no heartbeat on its socket' });
  const works = createJudge(limits, watch, { probe: 'socket', what: NO_PROGRESS });
  let heard: Heard | null = null;
  watch.onBeat((instance, progress) => {
    const isSame = heard !== null && sameProcess(heard.instance, instance);
    const beats = isSame ? (heard?.beats ?? 0) + 1 : 1;
    heard = { instance, beats, beatMs: monotonicMs(), progress };
  });
  watch.onDisconnect(() => (heard = null));
  async function look(): Promise<void> {
    const instance = watch.current();
    if (instance === null || heard === null || !sameProcess(heard.instance, instance)) return;
    const { beats, beatMs, progress } = heard;
    await judge.look(instance, { sequence: String(beats), beatMs });
    if (progress !== undefined) {
      await works.look(instance, { sequence: String(progress), beatMs: null });
    }
  }
  return keepLooking({ everyMs: limits.everyMs }, watch, { kind: 'socket', look });
}

async function endOfFile(instance: EngineInstance, watch: ProbeWatch): Promise<void> {
  for (let asked = 0; asked < ASKED; asked += 1) {
    const liveness = await livenessOf(instance.pid, instance.startTicks);
    if (liveness !== 'alive') {
      const suspicion = liveness === 'gone' ? 'dead' : 'dumping_core';
      watch.suspect({ instance, suspicion, probe: 'socket', detail: 'end of file, process gone' });
      return;
    }
    await sleep(ASK_AGAIN_MS);
  }
  watch.warn('the engine closed its liveness socket but lives', { pid: instance.pid });
  watch.doubt(instance, CLOSED);
}
