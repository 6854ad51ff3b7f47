/** The probe of every kind of entry in `liveness`: a new one is a module of this folder and a line here. */
import { healthProbe } from './health.js';
import { heartbeatProbe } from './heartbeat.js';
import { processProbe } from './process.js';
import { socketProbe } from './socket.js';

export const PROBES = [socketProbe, processProbe, heartbeatProbe, healthProbe] as const;
