/**
 * The detector of one engine: a source says which process it is, probes see how it is, the watch
 * decides, the delivery tells the guardian.
 *
 * Invariants: the watched instance is on disk until its report is, so a death during the detector's own
 * absence is found when it comes back; what ran in another place is never found dead by looking here.
 */
import { placeHere } from '../host/place.js';
import { livenessOf } from '../host/process-table.js';
import { checkLeft } from './absence.js';
import type { CrashDependencies } from './crashes.js';
import { PROBES } from './probes/index.js';
import type { Probe, Running } from './probes/probe.js';
import type { DetectorSettings } from './settings.js';
import { startHelloSource } from './sources/hello.js';
import { claimSocket } from './sources/socket-claim.js';
import { createWatch, type Watch } from './watch.js';
import { openWatched } from './watched.js';

export type Detector = Running;

/** Fails with `SocketTaken` where somebody else listens for this engine. */
export async function startDetector(
  settings: DetectorSettings,
  dependencies: CrashDependencies,
  probes: readonly Probe[] = PROBES,
): Promise<Detector> {
  const { socket, socketOwner = null } = settings;
  const claim = await claimSocket(socket);
  const place = placeHere(settings.host);
  const record = await openWatched({ ...settings, place }, dependencies.logger);
  const watch = createWatch(settings, dependencies, record);
  const parts: Running[] = [];
  const stop = async () => {
    watch.stop();
    await Promise.all(parts.map((part) => part.stop()));
    await record.settled();
    await claim.release();
  };
  watch.resume();
  await checkAbsence(watch);
  // Probes first: the end of a connection must find who listens for it.
  parts.push(...probes.map((probe) => probe.start(settings, watch)));
  try {
    parts.push(await startHelloSource({ socket, owner: socketOwner }, watch));
  } catch (error) {
    await stop();
    throw error;
  }
  parts.push(checkLeft(settings, { record, watch }));
  return { stop };
}

/** The engine may have died while nobody looked. What cannot be looked at now, a probe looks at again. */
async function checkAbsence(watch: Watch): Promise<void> {
  const instance = watch.current();
  if (instance === null) return;
  const liveness = await livenessOf(instance.pid, instance.startTicks).catch(() => 'alive');
  if (liveness !== 'gone') return;
  const detail = 'died while the detector was away';
  watch.suspect({ instance, suspicion: 'dead', probe: 'watched_record', detail });
}
