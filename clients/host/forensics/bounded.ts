/**
 * Collectors side by side, each within its own time.
 *
 * Invariant: this always comes back, at the latest with the longest limit: a collector that fails or
 * never returns is missing evidence, with the reason, and takes nothing from the others.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EvidenceItem } from '../../../workflows/domain/crash/evidence.js';
import {
  missing,
  type Collected,
  type Collector,
  type CollectorContext,
} from './collectors/collector.js';

export type Circumstances = Omit<CollectorContext, 'commandMs' | 'over'>;

/** What a command may take of its collector's time. */
const COMMAND_SHARE = 0.9;

export async function runCollectors(
  collectors: readonly Collector[],
  circumstances: Circumstances,
): Promise<Collected[]> {
  return Promise.all(collectors.map((collector) => withinLimit(collector, circumstances)));
}

async function withinLimit(collector: Collector, circumstances: Circumstances): Promise<Collected> {
  const { name, timeoutMs } = collector;
  const over = new AbortController();
  const timer = new AbortController();
  const late = sleep(timeoutMs, null, { signal: timer.signal }).catch(() => null);
  const context = contextOf(collector, circumstances, over.signal);
  try {
    const collected = await Promise.race([collectOnce(collector, context), late]);
    return collected ?? nothing(missing(name, `took too long: not back after ${timeoutMs} ms`));
  } catch (error) {
    return nothing(missing(name, error));
  } finally {
    timer.abort();
    over.abort();
  }
}

/** The machine is kept as it was when the crash was first looked at. */
async function collectOnce(collector: Collector, context: CollectorContext): Promise<Collected> {
  const kept = collector.momentary ? await keptItem(context.folder, collector.name) : null;
  return kept === null ? collector.collect(context) : nothing(kept);
}

/** What was collected before; null where it was not. */
export async function keptItem(folder: string, name: string): Promise<EvidenceItem | null> {
  const found = await lstat(join(folder, name)).catch(() => null);
  return found === null ? null : { name, collected: true, detail: `${found.size} bytes` };
}

function contextOf(
  { timeoutMs }: Collector,
  circumstances: Circumstances,
  over: AbortSignal,
): CollectorContext {
  return {
    ...circumstances,
    commandMs: Math.floor(timeoutMs * COMMAND_SHARE),
    over,
    async add(name, content) {
      over.throwIfAborted();
      return circumstances.add(name, content);
    },
  };
}

function nothing(item: EvidenceItem): Collected {
  return { items: [item], facts: {} };
}
