/**
 * The detector of one engine: sources say which process it is, probes see how it is, the watch
 * decides, the delivery tells the guardian.
 *
 * Invariants: the watched instance is on disk until its report is, so a death during the detector's own
 * absence is found when it comes back; what ran in another place is never found dead by looking here.
 */
import { placeHere } from '../host/place.js';
import { livenessOf } from '../host/process-table.js';
import { checkLeft } from './absence.js';
import type { CrashDependencies } from './crashes.js';
import { GOODBYE_MS } from './kinds/socket.js';
import { PROBES } from './probes/index.js';
import { KERNEL_PROBES } from './probes/kernel.js';
import type { Probe, Running } from './probes/probe.js';
import { entryOf, namesProcess, type DetectorSettings } from './settings.js';
import { SOURCES } from './sources/index.js';
import { claimSocket } from './sources/socket-claim.js';
import { createWatch, type Watch } from './watch.js';
import { watchForSign } from './unseen.js';
import { openWatched } from './watched.js';

export type Detector = Running;

/** Fails with `SocketTaken` where somebody else listens for this engine. */
export async function startDetector(
  settings: DetectorSettings,
  dependencies: CrashDependencies,
  kernelProbes: readonly Probe[] = KERNEL_PROBES,
): Promise<Detector> {
  const { liveness, heartbeat } = settings;
  const socket = entryOf(liveness, 'socket');
  const claim = socket === null ? null : await claimSocket(socket.socket);
  const place = placeHere(settings.host);
  const record = await openWatched({ ...settings, place }, dependencies.logger);
  const goodbyeMs = socket?.goodbyeMs ?? GOODBYE_MS;
  const watch = createWatch({ ...settings, goodbyeMs }, dependencies, record);
  const parts: Running[] = [];
  const stop = async () => {
    watch.stop();
    await Promise.all(parts.map((part) => part.stop()));
    await record.settled();
    await claim?.release();
  };
  const heard = hearing(watch);
  watch.resume();
  await checkAbsence(watch);
  // Probes first: the end of a connection must find who listens for it.
  parts.push(...startProbes(settings, watch));
  parts.push(...kernelProbes.map((probe) => probe.start({ kind: probe.kind }, watch, settings)));
  try {
    for (const starting of startSources(settings, heard.watch)) parts.push(await starting);
  } catch (error) {
    await stop();
    throw error;
  }
  const heartbeatFile = entryOf(liveness, 'heartbeat')?.file ?? null;
  const { host } = settings;
  parts.push(checkLeft({ host, heartbeatFile, ...heartbeat }, { record, watch }));
  const { warned } = heard;
  const warn: Watch['warn'] = (message, fields) => watch.warn(message, fields);
  parts.push(await watchForSign(settings, { record, warned, warn }, dependencies));
  return { stop };
}

/** The watch, and what sources have warned of first: somebody may be there whom none of them takes for the engine. */
function hearing(watch: Watch): { watch: Watch; warned: () => string | null } {
  let first: string | null = null;
  const warn: Watch['warn'] = (message, fields) => {
    const { why } = fields;
    first ??= typeof why === 'string' ? `${message}: ${why}` : message;
    watch.warn(message, fields);
  };
  return { watch: { ...watch, warn }, warned: () => first };
}

function startProbes(settings: DetectorSettings, watch: Watch): Running[] {
  return settings.liveness.flatMap((entry) =>
    PROBES.filter(({ kind }) => kind === entry.kind).map((probe) =>
      probe.start(entry, watch, settings),
    ),
  );
}

function startSources(settings: DetectorSettings, watch: Watch): Promise<Running>[] {
  return settings.liveness
    .filter(namesProcess)
    .flatMap((entry) =>
      SOURCES.filter(({ kind }) => kind === entry.kind).map((source) =>
        source.start(entry, watch, settings),
      ),
    );
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
