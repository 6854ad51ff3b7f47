/** The probe of every kind of entry in `liveness`: a new one is a module of this folder and a line here. */
import { coreProbe } from './files/core-folder.js';
import { logProbe } from './files/log.js';
import { systemdProbe } from './files/systemd.js';
import { healthProbe } from './health.js';
import { heartbeatProbe } from './heartbeat.js';
import { processProbe } from './process.js';
import { socketProbe } from './socket.js';
import { threadsProbe } from './threads.js';

export const PROBES = [
  socketProbe,
  processProbe,
  heartbeatProbe,
  healthProbe,
  coreProbe,
  logProbe,
  systemdProbe,
  threadsProbe,
] as const;
