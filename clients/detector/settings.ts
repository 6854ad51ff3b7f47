/** What is configured of an engine's liveness: the settings of its source and its probes. */
import { z } from 'zod';
import { HeartbeatSettings } from './probes/heartbeat.js';
import { ProcfsSettings } from './probes/procfs.js';
import { HelloSettings, type SocketOwner } from './sources/hello.js';

/** Memory that is given back, and threads that are waited for, take their time. */
const GOODBYE_MS = 3_000;

/** How old a heartbeat may be is policy, and comes from there. */
export const LivenessSettings = z.strictObject({
  ...HelloSettings.shape,
  heartbeatFile: HeartbeatSettings.shape.heartbeatFile,
  ...ProcfsSettings.shape,
  goodbyeMs: z
    .number()
    .int()
    .min(100)
    .max(600_000)
    .default(GOODBYE_MS)
    .describe('after its goodbye a process that is not gone by then is watched as before'),
});

export interface DetectorSettings
  extends z.infer<typeof LivenessSettings>, z.infer<typeof HeartbeatSettings> {
  engineId: string;
  host: string;
  /** Of this host alone. */
  stateFolder: string;
  /** Of another user's engine; absent: ours. */
  socketOwner?: SocketOwner | null;
}
