/**
 * The detector of one engine: probes see, the watch decides, the delivery tells the guardian.
 *
 * Invariants: one report per engine instance, whichever probes saw it; the watched instance is on
 * disk until its report is, so a death during the detector's own absence is found when it comes
 * back; a stop by the kill switch or with a goodbye is no crash.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { EngineInstance, type CrashReport } from '../../workflows/domain/crash/report.js';
import { writeAtomically } from '../files/atomic.js';
import { fileNameOf } from '../files/names.js';
import { livenessOf } from '../host/process-table.js';
import type { Delivery } from './delivery.js';
import { startHeartbeatProbe } from './probes/heartbeat.js';
import type { Probe, Sighting, Watch } from './probes/probe.js';
import { startProcfsProbe } from './probes/procfs.js';
import { startSocketProbe } from './probes/socket.js';

export interface DetectorSettings {
  engineId: string;
  host: string;
  stateFolder: string;
  socket: string;
  heartbeatFile: string;
  healthyMs: number;
  alarmMs: number;
  procfsEveryMs: number;
}

export interface DetectorDependencies {
  delivery: Delivery;
  killSwitchEngaged: (engineId: string) => Promise<boolean>;
  logger: Logger;
}

const WatchedRecord = z.object({
  instance: EngineInstance,
  ended: z.enum(['no', 'goodbye', 'reported']),
});
type WatchedRecord = z.infer<typeof WatchedRecord>;

export async function startDetector(
  settings: DetectorSettings,
  dependencies: DetectorDependencies,
): Promise<Probe> {
  const record = await openRecord(settings, dependencies.logger);
  const watch = createWatch(settings, dependencies, record);
  await checkAbsence(watch);
  const { heartbeatFile: path, healthyMs, alarmMs, procfsEveryMs, socket } = settings;
  const everyMs = Math.max(50, Math.min(1_000, Math.floor(alarmMs / 5)));
  const probes = [
    await startSocketProbe(socket, watch),
    startProcfsProbe(procfsEveryMs, watch),
    startHeartbeatProbe({ path, healthyMs, alarmMs, everyMs }, watch),
  ];
  return {
    stop: async () => {
      await Promise.all(probes.map((probe) => probe.stop()));
      await record.settled();
    },
  };
}

interface RecordFile {
  value: WatchedRecord | null;
  save(value: WatchedRecord): void;
  settled(): Promise<void>;
}

/** Writes follow each other in order; the newest wins. A disk in trouble stops no watching. */
async function openRecord(
  { stateFolder, engineId }: DetectorSettings,
  logger: Logger,
): Promise<RecordFile> {
  const path = watchedRecordPath(stateFolder, engineId);
  let writing = Promise.resolve();
  const file: RecordFile = {
    value: parseRecord(await readFile(path, 'utf8').catch(() => '')),
    save(value) {
      file.value = value;
      writing = writing
        .then(() => writeAtomically(path, JSON.stringify(value)))
        .catch((error: NodeJS.ErrnoException) => {
          logger.error({ engineId, why: error.code }, 'the watched record cannot be written');
        });
    },
    settled: () => writing,
  };
  return file;
}

function parseRecord(content: string): WatchedRecord | null {
  try {
    return WatchedRecord.parse(JSON.parse(content));
  } catch {
    return null; // damaged: the next hello writes it anew
  }
}

export function watchedRecordPath(stateFolder: string, engineId: string): string {
  return join(stateFolder, 'watched', `${fileNameOf(engineId)}.json`);
}

function createWatch(
  settings: DetectorSettings,
  { delivery, killSwitchEngaged, logger }: DetectorDependencies,
  record: RecordFile,
): Watch {
  const { engineId, host } = settings;
  const log = logger.child({ engineId });

  async function report(sighting: Sighting, onSafe: () => void): Promise<void> {
    const { instance } = sighting;
    const crash: CrashReport = { engineId, host, detectedAtMs: Date.now(), ...sighting };
    // A switch that cannot be read is asked for again before any start.
    if (await killSwitchEngaged(engineId).catch(() => false)) {
      log.warn({ instance }, 'the engine died with its kill switch engaged: no recovery');
      onSafe();
      return;
    }
    log.error({ crash }, 'engine crash detected');
    await delivery.send(crash, onSafe);
  }

  return {
    engineId,
    current: () => (record.value?.ended === 'no' ? record.value.instance : null),
    hello(instance) {
      log.info({ instance }, 'engine says hello');
      void alarmIfTwo(record.value, instance, log);
      record.save({ instance, ended: 'no' });
    },
    goodbye(instance, reason) {
      log.info({ instanceId: instance.instanceId, reason }, 'engine says goodbye: a planned stop');
      if (isCurrent(record, instance)) record.save({ instance, ended: 'goodbye' });
    },
    suspect(sighting) {
      if (!isCurrent(record, sighting.instance)) return;
      const ended = { instance: sighting.instance, ended: 'reported' } as const;
      record.value = ended;
      // On disk only when the report is safe; a newer hello must not be overwritten.
      void report(sighting, () => {
        if (record.value === ended) record.save(ended);
      });
    },
    warn: (message, fields) => log.warn(fields, message),
  };
}

/** One live engine: a second one that says hello while the first lives is an alarm. */
async function alarmIfTwo(
  before: WatchedRecord | null,
  instance: EngineInstance,
  log: Logger,
): Promise<void> {
  if (before === null || before.ended !== 'no' || before.instance.pid === instance.pid) return;
  const { pid, startTicks } = before.instance;
  if ((await livenessOf(pid, startTicks)) === 'gone') return;
  log.error({ first: before.instance, second: instance }, 'TWO LIVE ENGINES: stop one of them now');
}

function isCurrent({ value }: RecordFile, { pid, startTicks }: EngineInstance): boolean {
  return (
    value?.ended === 'no' && value.instance.pid === pid && value.instance.startTicks === startTicks
  );
}

/** The engine may have died while nobody looked. */
async function checkAbsence(watch: Watch): Promise<void> {
  const instance = watch.current();
  if (instance === null) return;
  if ((await livenessOf(instance.pid, instance.startTicks)) !== 'gone') return;
  const detail = 'died while the detector was away';
  watch.suspect({ instance, suspicion: 'dead', probe: 'watched_record', detail });
}
