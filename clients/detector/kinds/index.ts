/** Every kind of entry in `liveness`: a new one is a module of this folder, a line here, and its probe. */
import { healthKind } from './health.js';
import { heartbeatKind } from './heartbeat.js';
import { processKind } from './process.js';
import { socketKind } from './socket.js';

export const KINDS = [socketKind, processKind, heartbeatKind, healthKind] as const;
