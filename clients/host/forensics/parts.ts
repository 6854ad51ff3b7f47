/**
 * The collectors of one crash in two parts: what may name the cause, and what is gathered beside the next steps.
 *
 * Invariants: both begin at once, because the machine forgets; the second is waited for by whoever asks for it, and
 * collected anew where the process that began it is gone; of those that nobody asks for only the newest are held.
 */
import type { EvidencePart } from '../../../activities/ports.js';
import { runCollectors, type Circumstances } from './bounded.js';
import type { Collected, Collector } from './collectors/collector.js';

const MOST_UNDER_WAY = 100;

export function createParts(collectors: readonly Collector[]) {
  const naming = collectors.filter(({ beside }) => beside !== true);
  const others = collectors.filter(({ beside }) => beside === true);
  /** By the folder of the crash. */
  const underWay = new Map<string, Promise<Collected[]>>();

  function begin(circumstances: Circumstances): Promise<Collected[]> {
    const { folder } = circumstances;
    const going = underWay.get(folder) ?? runCollectors(others, circumstances);
    underWay.set(folder, going);
    for (const [oldest] of underWay) {
      if (underWay.size > MOST_UNDER_WAY) underWay.delete(oldest);
    }
    return going;
  }

  return async (part: EvidencePart, circumstances: Circumstances): Promise<Collected[]> => {
    if (part === 'all') return runCollectors(collectors, circumstances);
    const beside = begin(circumstances);
    if (part === 'cause') return runCollectors(naming, circumstances);
    const collected = await beside;
    underWay.delete(circumstances.folder);
    return collected;
  };
}
