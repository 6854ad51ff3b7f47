/** What the agent is given: from configuration to the ports of one engine host. */
import { join } from 'node:path';
import type { EngineControl, HostPorts } from '../../activities/ports.js';
import { createArtifactStore } from '../../clients/artifacts/index.js';
import { watchedInstance } from '../../clients/detector/watched.js';
import { createCommandControl } from '../../clients/engine/command-control.js';
import { createHttpControl } from '../../clients/engine/http-control.js';
import { createCheckpointStore } from '../../clients/host/checkpoint-store.js';
import { createForensics } from '../../clients/host/forensics/index.js';
import { createProcessTable } from '../../clients/host/process-table.js';
import { engineOf } from '../config/engines.js';
import { processEnvironment } from '../config/environment.js';
import type { Config } from '../config/schema.js';
import { resolveSecret } from '../config/secrets.js';
import { composeFence } from './fence.js';

export function composeHost(config: Config): HostPorts {
  const controls = new Map<string, EngineControl>();
  return {
    clock: { nowMs: () => Date.now() },
    artifacts: createArtifactStore(join(config.dataDir, 'artifacts')),
    control: (engineId) => {
      const control = controls.get(engineId) ?? composeControl(config, engineId);
      controls.set(engineId, control);
      return control;
    },
    processes: createProcessTable((engineId) => watchedInstance(config.dataDir, engineId)),
    forensics: createForensics(join(config.dataDir, 'evidence'), (engineId) => {
      const { forensics, checkpoints } = engineOf(config, engineId);
      return { ...forensics, checkpointFolder: checkpoints.written };
    }),
    checkpoints: createCheckpointStore((engineId) => engineOf(config, engineId).checkpoints),
    fence: composeFence(config),
  };
}

function composeControl(config: Config, engineId: string): EngineControl {
  const { control } = engineOf(config, engineId);
  const { start, workingFolder, logFile, environment, timeoutMs } = control;
  const launch = {
    engineId,
    start,
    workingFolder,
    logFile,
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
