/** What activities of a host are given: the product's own stores on the host's disk, and its processes. */
import type { HostPorts } from '../../../../activities/ports.js';
import { createArtifactStore } from '../../../../clients/artifacts/index.js';
import { createCheckpointStore } from '../../../../clients/host/checkpoint-store.js';
import { createFence } from '../../../../clients/host/fence.js';
import { createLaunches } from '../../../../clients/host/launches.js';
import { createOrderedStops } from '../../../../clients/host/ordered-stops.js';
import { standingOf, toldPlace } from '../../../../clients/host/place.js';
import { notingKills, notingStops } from '../../../../workers/compose/host.js';
import { currentLease } from '../../../../workers/compose/lease.js';
import type { Around } from '../around.js';
import type { ProcessClock } from '../clocks.js';
import { controlOf } from '../engine/control-line.js';
import { ENGINE_ID } from '../engine/processes.js';
import { inLife, type Life } from '../life.js';
import { simulatedForensics } from './evidence.js';
import type { Host } from './host.js';

export const STOPS = '/data/watched/stops';
export const FOLDERS = { written: '/engine/checkpoints', recovered: '/data/recovered' };

interface Own {
  life: Life;
  clock: ProcessClock;
}

export function hostPorts({ store, points }: Around, host: Host, { life, clock }: Own): HostPorts {
  const { files, name, engines, place } = host;
  const own = <T extends object>(of: string, port: T): T => inLife(port, of, { life, points });
  const stops = createOrderedStops(STOPS, files);
  const processes = notingKills(tableOf(host), stops);
  const control = notingStops(controlOf(name, host), {
    engineId: ENGINE_ID,
    processes,
    stops,
  });
  const watched: HostPorts['watched'] = async () => {
    const { instance, place: there } = host.watched ?? {};
    if (there === undefined || instance?.pid === undefined || instance.pid === null) return null;
    return { instance, ...toldPlace(there) };
  };
  return {
    clock,
    lease: currentLease,
    host: name,
    watched,
    hasEngine: (engineId) => engines.includes(engineId),
    knowsEngine: (engineId) => engineId === ENGINE_ID,
    artifacts: own('artifacts', createArtifactStore('/artifacts', store)),
    control: () => own('control', control),
    processes: own('processes', processes),
    standing: (there) => standingOf(there, place),
    whyUnseen: async () => (engines.length > 0 ? null : 'this is not its host'),
    signs: async () => ({ looking: 1, named: [], doubts: [] }),
    unseenSinceMs: async () => 1,
    forensics: own('forensics', simulatedForensics(host)),
    checkpoints: own(
      'checkpoints',
      createCheckpointStore(() => FOLDERS, files),
    ),
    journals: { isKept: () => false, list: async () => [], read: async () => 'it keeps none' },
    fence: own('fence', createFence('/data/fence', files)),
    launches: own('launches', createLaunches('/data/fence', files)),
  };
}

function tableOf({ processes }: Host) {
  return {
    liveness: processes.liveness.bind(processes),
    ofEngine: processes.ofEngine.bind(processes),
    kill: processes.kill.bind(processes),
  };
}
