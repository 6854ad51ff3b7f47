/**
 * The detector of one engine: a source says which process it is, probes see how it is, the watch
 * decides, the delivery tells the guardian.
 *
 * Invariant: the watched instance is on disk until its report is, so a death during the detector's
 * own absence is found when it comes back.
 */
import { livenessOf } from '../host/process-table.js';
import type { CrashDependencies } from './crashes.js';
import { PROBES } from './probes/index.js';
import type { Running } from './probes/probe.js';
import type { DetectorSettings } from './settings.js';
import { startHelloSource } from './sources/hello.js';
import { createWatch, type Watch } from './watch.js';
import { openWatched } from './watched.js';

export type Detector = Running;

export async function startDetector(
  settings: DetectorSettings,
  dependencies: CrashDependencies,
): Promise<Detector> {
  const record = await openWatched(settings, dependencies.logger);
  const watch = createWatch(settings, dependencies, record);
  await checkAbsence(watch);
  // Probes first: the end of a connection must find who listens for it.
  const parts = PROBES.map((probe) => probe.start(settings, watch));
  const stop = async () => {
    await Promise.all(parts.map((part) => part.stop()));
    await record.settled();
  };
  try {
    parts.push(await startHelloSource(settings, watch));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** The engine may have died while nobody looked. */
async function checkAbsence(watch: Watch): Promise<void> {
  const instance = watch.current();
  if (instance === null) return;
  if ((await livenessOf(instance.pid, instance.startTicks)) !== 'gone') return;
  const detail = 'died while the detector was away';
  watch.suspect({ instance, suspicion: 'dead', probe: 'watched_record', detail });
}
