/** Every probe: a new one is a module of this folder, a line here, and a word in crash reports. */
import { heartbeatProbe } from './heartbeat.js';
import { pidfdProbe } from './pidfd.js';
import type { Probe } from './probe.js';
import { procfsProbe } from './procfs.js';
import { socketProbe } from './socket.js';

export const PROBES: readonly Probe[] = [socketProbe, procfsProbe, pidfdProbe, heartbeatProbe];
