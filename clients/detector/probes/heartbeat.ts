/**
 * The heartbeat file: healthy below one age, an alarm above another. The only probe that sees a
 * hang, so it must not cry for its own delays: an alarm needs two readings in a row, and a reading
 * that came late itself does not count.
 */
import { z } from 'zod';
import { decodeHeartbeat } from '../../../workflows/domain/engine/liveness.js';
import { readForeign } from '../../files/foreign.js';
import { livenessOf } from '../../host/process-table.js';
import { keepLooking } from './looking.js';
import { defineProbe, type ProbeWatch } from './probe.js';

/** Of the record's bytes, with room for what a later version adds. */
const LARGEST_RECORD = 64 * 1024;
const READINGS = 2;
const LEAST_EVERY_MS = 50;
const MOST_EVERY_MS = 1_000;

export const HeartbeatSettings = z.object({
  heartbeatFile: z.string().min(1).max(4_096),
  healthyMs: z.number().int().positive(),
  alarmMs: z.number().int().positive(),
});

export const heartbeatProbe = defineProbe({
  kind: 'heartbeat_file',
  Settings: HeartbeatSettings,
  start: ({ heartbeatFile, healthyMs, alarmMs }, watch) => {
    const everyMs = Math.max(LEAST_EVERY_MS, Math.min(MOST_EVERY_MS, Math.floor(alarmMs / 5)));
    let late = 0;
    let lastLookMs = Date.now();
    async function look(): Promise<void> {
      const onTime = Date.now() - lastLookMs < everyMs * READINGS;
      lastLookMs = Date.now();
      const ageMs = await ageOf(heartbeatFile, watch);
      if (ageMs === null || ageMs <= healthyMs) {
        late = 0;
        return;
      }
      watch.warn('the heartbeat is late', { ageMs, alarmMs });
      late = ageMs > alarmMs && onTime ? late + 1 : 0;
      if (late >= READINGS) await alarm(ageMs, watch);
    }
    return keepLooking({ everyMs }, watch, { kind: 'heartbeat_file', look });
  },
});

/** Null where there is nothing to judge: no engine watched, no record, or another engine's. */
async function ageOf(path: string, watch: ProbeWatch): Promise<number | null> {
  const instance = watch.current();
  const bytes = await readForeign(path, LARGEST_RECORD, { anyFolder: true }).catch(() => null);
  const record = bytes === null ? null : decodeHeartbeat(bytes);
  if (instance === null || record === null) return null;
  const same = record.pid === instance.pid && record.startTicks === instance.startTicks;
  return same ? Date.now() - record.timestampMs : null;
}

async function alarm(ageMs: number, watch: ProbeWatch): Promise<void> {
  const instance = watch.current();
  if (instance === null) return;
  const liveness = await livenessOf(instance.pid, instance.startTicks);
  if (liveness !== 'alive') return; // the process table tells that story
  const detail = `no heartbeat for ${ageMs} ms, process alive: hung`;
  watch.suspect({ instance, suspicion: 'hung', probe: 'heartbeat_file', detail });
}
