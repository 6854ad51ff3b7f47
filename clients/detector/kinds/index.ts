/** Every kind of entry in `liveness`: a new one is a module of this folder, a line here, and its probe. */
import { coreKind } from './core-folder.js';
import { healthKind } from './health.js';
import { heartbeatKind } from './heartbeat.js';
import { logKind } from './log.js';
import { processKind } from './process.js';
import { socketKind } from './socket.js';
import { systemdKind } from './systemd.js';
import { threadsKind } from './threads.js';

export const KINDS = [
  socketKind,
  processKind,
  heartbeatKind,
  healthKind,
  coreKind,
  logKind,
  systemdKind,
  threadsKind,
] as const;
