/** Every kind of entry in `liveness`: a new one is a module of this folder and a line here. */
import { cgroupProbe } from './cgroup.js';
import { healthProbe } from './health.js';
import { heartbeatProbe } from './heartbeat.js';
import { pidfdProbe } from './pidfd.js';
import type { Probe } from './probe.js';
import { processProbe } from './process.js';
import { socketProbe } from './socket.js';

export const PROBES = [socketProbe, processProbe, heartbeatProbe, healthProbe] as const;

/** What the kernel tells of any process: on without an entry, because there is nothing to choose. */
export const KERNEL_PROBES: readonly Probe[] = [pidfdProbe, cgroupProbe];
