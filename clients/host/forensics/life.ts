/**
 * When a process that is gone was started, by this machine's clock; of what never ran there is no start.
 *
 * Invariant: a start that cannot have been is unknown: ticks count from a boot, and the machine may
 * have booted since, or not show when it did.
 */
import { uptime } from 'node:os';
import { TICK_MS } from '../process-table.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';

/** The start of a process is known to a hundredth of a second, and so are the machine's and the times of files. */
export const START_GRAIN_MS = 20;

export function startOf({
  instance,
  detectedAtMs,
}: Pick<CrashReport, 'instance' | 'detectedAtMs'>): number | null {
  if (instance.startTicks === null) return null;
  const bootMs = Date.now() - uptime() * 1_000;
  const startedAtMs = Math.floor(bootMs + Number(instance.startTicks) * TICK_MS);
  return startedAtMs <= detectedAtMs ? startedAtMs : null;
}
