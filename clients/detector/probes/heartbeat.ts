/**
 * The heartbeat file: healthy below one age, an alarm above another. The only probe that sees a
 * hang, so it must not cry for its own delays: an alarm needs two readings in a row, and a reading
 * that came late itself does not count.
 */
import { readFile } from 'node:fs/promises';
import { decodeHeartbeat } from '../../../workflows/domain/engine/liveness.js';
import { livenessOf } from '../../host/process-table.js';
import type { Probe, Watch } from './probe.js';

export interface HeartbeatProbeSettings {
  path: string;
  healthyMs: number;
  alarmMs: number;
  everyMs: number;
}

const READINGS = 2;

export function startHeartbeatProbe(settings: HeartbeatProbeSettings, watch: Watch): Probe {
  let late = 0;
  let lastLookMs = Date.now();
  const timer = setInterval(() => {
    const onTime = Date.now() - lastLookMs < settings.everyMs * READINGS;
    lastLookMs = Date.now();
    void ageOf(settings.path, watch).then(async (ageMs) => {
      if (ageMs === null || ageMs <= settings.healthyMs) {
        late = 0;
        return;
      }
      watch.warn('the heartbeat is late', { ageMs, alarmMs: settings.alarmMs });
      late = ageMs > settings.alarmMs && onTime ? late + 1 : 0;
      if (late >= READINGS) await alarm(ageMs, watch);
    });
  }, settings.everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
    },
  };
}

/** Null where there is nothing to judge: no engine watched, no record, or another engine's. */
async function ageOf(path: string, watch: Watch): Promise<number | null> {
  const instance = watch.current();
  const bytes = await readFile(path).catch(() => null);
  const record = bytes === null ? null : decodeHeartbeat(bytes);
  if (instance === null || record === null) return null;
  const same = record.pid === instance.pid && record.startTicks === instance.startTicks;
  return same ? Date.now() - record.timestampMs : null;
}

async function alarm(ageMs: number, watch: Watch): Promise<void> {
  const instance = watch.current();
  if (instance === null) return;
  const liveness = await livenessOf(instance.pid, instance.startTicks);
  if (liveness !== 'alive') return; // the process table tells that story
  const detail = `no heartbeat for ${ageMs} ms, process alive: hung`;
  watch.suspect({ instance, suspicion: 'hung', probe: 'heartbeat_file', detail });
}
