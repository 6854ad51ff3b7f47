/** What the agent is given: from configuration to the ports of one engine host. */
import { join } from 'node:path';
import type { EngineControl, HostPorts, ProcessTable } from '../../activities/ports.js';
import { watchedInstance, watchedRecord } from '../../clients/detector/watched.js';
import { createCommandControl } from '../../clients/engine/command-control.js';
import { createHttpControl } from '../../clients/engine/http-control.js';
import { createCheckpointStore } from '../../clients/host/checkpoint-store.js';
import type { OrderedStops } from '../../clients/host/ordered-stops.js';
import { createLaunches } from '../../clients/host/launches.js';
import { createForensics } from '../../clients/host/forensics/index.js';
import { agentPlace } from '../../clients/host/data-folder.js';
import { placeHere, standingOf, whyUnseen, type Place } from '../../clients/host/place.js';
import { createProcessTable } from '../../clients/host/process-table.js';
import { engineOf, enginesHere } from '../config/engines.js';
import { processEnvironment } from '../config/environment.js';
import type { Config } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';
import { composeArtifacts } from './artifacts.js';
import { composeOrderedStops } from './crashes.js';
import { composeFence } from './fence.js';
import { currentLease } from './lease.js';
import { hostClock } from './server-clock.js';

export function composeHost(config: Config): HostPorts {
  const controls = new Map<string, EngineControl>();
  const own = new Set(enginesHere(config).map(([engineId]) => engineId));
  const place = composePlace(config);
  const watched = async (engineId: string) =>
    watchedRecord({ stateFolder: config.dataDir, engineId, place });
  const stops = composeOrderedStops(config);
  const table = createProcessTable((engineId) =>
    watchedInstance({ stateFolder: config.dataDir, engineId, place }),
  );
  const processes: ProcessTable = {
    ...table,
    kill: async (process, signal) => {
      await stops.note(process);
      await table.kill(process, signal);
    },
  };
  return {
    lease: currentLease,
    host: config.host,
    clock: hostClock,
    watched,
    hasEngine: (engineId) => own.has(engineId),
    knowsEngine: (engineId) => Object.hasOwn(config.engines, engineId),
    artifacts: composeArtifacts(config),
    control: (engineId) => {
      const control =
        controls.get(engineId) ??
        notingStops(composeControl(config, engineId), { engineId, processes, stops });
      controls.set(engineId, control);
      return control;
    },
    processes,
    standing: (there) => standingOf(there, place),
    whyUnseen: async (engineId) => {
      if (!own.has(engineId)) return 'this is not its host';
      const [heard, agent] = await Promise.all([watched(engineId), agentPlace(config.dataDir)]);
      return whyUnseen({ heard, agent }, place);
    },
    forensics: createForensics(join(config.dataDir, 'evidence'), (engineId) => {
      const { forensics, checkpoints } = engineOf(config, engineId);
      return { ...forensics, checkpointFolder: checkpoints.written };
    }),
    checkpoints: composeCheckpoints(config),
    fence: composeFence(config),
    launches: createLaunches(join(config.dataDir, 'fence')),
  };
}

interface Noting {
  engineId: string;
  processes: ProcessTable;
  stops: OrderedStops;
}

/** An engine that was told to stop, and does, has not crashed; one that refuses may crash still. */
function notingStops(
  control: EngineControl,
  { engineId, processes, stops }: Noting,
): EngineControl {
  const shutdown: EngineControl['shutdown'] = async (mode, stamp) => {
    const running = await processes.ofEngine(engineId).catch(() => []);
    await Promise.all(running.map((each) => stops.note(each)));
    try {
      await control.shutdown(mode, stamp);
    } catch (error) {
      await Promise.all(running.map((each) => stops.forget(each)));
      throw error;
    }
  };
  return { ...control, shutdown };
}

export function composePlace({ host }: Config): Place {
  return placeHere(host);
}

export function composeCheckpoints(config: Config) {
  return createCheckpointStore((engineId) => engineOf(config, engineId).checkpoints);
}

function composeControl(config: Config, engineId: string): EngineControl {
  const { control } = engineOf(config, engineId);
  const { start, workingFolder, logFile, environment, timeoutMs, user } = control;
  const launch = {
    engineId,
    start,
    workingFolder,
    logFile,
    user,
    environment: { PATH: processEnvironment()['PATH'] ?? '/usr/bin:/bin', ...environment },
  };
  if (control.kind === 'commands') {
    return createCommandControl({ commands: control.commands, timeoutMs, launch });
  }
  const token =
    control.token === null
      ? null
      : resolveSecret(`engines.${engineId}.control.token`, control.token);
  return createHttpControl({ url: control.url, token, timeoutMs, launch });
}
