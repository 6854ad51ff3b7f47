/** Every collector of evidence: a new one is a module of this folder and a line here. */
import { checkpointFiles } from './checkpoints.js';
import type { Collector } from './collector.js';
import { coreDump } from './core-dump.js';
import { engineLogs } from './engine-logs.js';
import { hungStacks } from './hung-stacks.js';
import { kernelLog } from './kernel-log.js';
import { limits, resources, sar } from './resources.js';
import { disk, memory, network, processes } from './system.js';
import { timeline } from './timeline.js';

export const COLLECTORS: readonly Collector[] = [
  processes,
  memory,
  disk,
  network,
  kernelLog,
  engineLogs,
  coreDump,
  hungStacks,
  checkpointFiles,
  resources,
  limits,
  sar,
  timeline,
];
