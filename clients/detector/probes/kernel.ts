/** What the kernel tells of any process: on without an entry, because there is nothing to choose. */
import { cgroupProbe } from './cgroup.js';
import { eventsProbe } from './events.js';
import { pidfdProbe } from './pidfd.js';
import type { Probe } from './probe.js';

export const KERNEL_PROBES: readonly Probe[] = [pidfdProbe, eventsProbe, cgroupProbe];
