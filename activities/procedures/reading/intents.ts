/**
 * What the engine was about to send since its state was kept, by its journals.
 *
 * Invariant: what could not be read of them is told as a doubt, and is never nothing.
 */
import type { IntentsInput, IntentsRead } from '../../../workflows/contract/index.js';
import { counted } from '../../../workflows/domain/content/counted.js';
import {
  intentsSince,
  journalsThatMatter,
  MOST_INTENTS,
  type IntentsChosen,
} from '../../../workflows/domain/engine/intents.js';
import type { NotedOrder } from '../../../workflows/domain/orders/noted.js';
import type { HostPorts } from '../../ports.js';
import { aheadOf } from './clock.js';

const MOST_DOUBTS = 20;

type Ports = Pick<HostPorts, 'journals' | 'artifacts' | 'clock'>;

interface Found {
  orders: NotedOrder[];
  unfinished: number;
  doubts: string[];
}

export async function readIntents(ports: Ports, input: IntentsInput): Promise<IntentsRead> {
  const { sinceMs } = input;
  const since = sinceMs === null ? null : sinceMs + aheadOf(ports.clock);
  const { orders, unfinished, doubts } = await found(ports, { ...input, sinceMs: since });
  const more = orders.length - MOST_INTENTS;
  if (more > 0) doubts.push(`${counted(more, 'older record')} of since the state was kept`);
  const kept = orders.slice(-MOST_INTENTS);
  return {
    orders: await ports.artifacts.put('noted-orders', kept),
    count: kept.length,
    unfinished,
    doubts: bounded(doubts),
  };
}

async function found({ journals }: Ports, input: IntentsInput): Promise<Found> {
  const { engineId } = input;
  const listed = await journals.list(engineId);
  const all: Found = { orders: [], unfinished: 0, doubts: [] };
  if (typeof listed === 'string')
    return { ...all, doubts: [`the folder of the journals ${listed}`] };
  const { names, doubts } = journalsThatMatter(engineId, listed, input);
  all.doubts.push(...doubts);
  for (const name of names) {
    const journal = await journals.read(engineId, name);
    if (typeof journal === 'string') all.doubts.push(`${name} ${journal}`);
    else add(all, journal.instanceId, intentsSince(name, journal, input));
  }
  return all;
}

function add(all: Found, instanceId: string, { intents, unfinished, doubts }: IntentsChosen): void {
  for (const { monotonicNs: _at, ...intent } of intents) all.orders.push({ instanceId, ...intent });
  all.unfinished += unfinished;
  all.doubts.push(...doubts);
}

function bounded(doubts: readonly string[]): string[] {
  const more = doubts.length - MOST_DOUBTS;
  return more > 0 ? [...doubts.slice(0, MOST_DOUBTS), `and ${more} more`] : [...doubts];
}
