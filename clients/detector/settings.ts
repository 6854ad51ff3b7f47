/** What is configured of an engine's liveness: the settings of its source and its probes. */
import { z } from 'zod';
import { HeartbeatSettings } from './probes/heartbeat.js';
import { ProcfsSettings } from './probes/procfs.js';
import { HelloSettings } from './sources/hello.js';

/** How old a heartbeat may be is policy, and comes from there. */
export const LivenessSettings = z.strictObject({
  ...HelloSettings.shape,
  heartbeatFile: HeartbeatSettings.shape.heartbeatFile,
  ...ProcfsSettings.shape,
});

export interface DetectorSettings
  extends z.infer<typeof LivenessSettings>, z.infer<typeof HeartbeatSettings> {
  engineId: string;
  host: string;
  stateFolder: string;
}
