/**
 * What the engine had noted before it sent it, as step 5 is told of it, and as record and people are.
 *
 * Invariant: an engine that keeps no journal is recovered by the same commands as before there was one.
 */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { IntentsInput, IntentsRead, OrdersRecovered } from '../../contract/index.js';
import { counted } from '../../domain/content/counted.js';
import type { NotedRecord } from '../../domain/orders/noted.js';
import type { Recovery } from '../context.js';
import { isLeftBehind } from './left-behind.js';
import { reasonOf } from '../reasons.js';

/** As many as matter: the kits keep ten journals. */
const MOST_DEATHS = 10;

/** What is known of it; `orders` is missing where nothing could be read. */
export type Noted = Omit<IntentsRead, 'orders'> & Partial<Pick<IntentsRead, 'orders'>>;

/** Null where the engine keeps no journal. */
export async function readIntents(
  recovery: Recovery,
  { takenAtMs }: { takenAtMs: number },
): Promise<Noted | null> {
  if (!recovery.isNoting) return null;
  const { engineId, stateSource } = recovery.record;
  // What the venues tell now is of no time before the crash.
  const isOfBefore = stateSource !== null && stateSource.kind !== 'exchanges';
  const sinceMs = isOfBefore ? takenAtMs : null;
  return readAt(recovery, { engineId, died: diedOf(recovery), sinceMs });
}

function diedOf({ record }: Recovery): IntentsInput['died'] {
  return record.crashes.slice(-MOST_DEATHS).flatMap(({ instance, detectedAtMs }) => {
    const { instanceId, startTicks } = instance;
    return startTicks === null ? [] : [{ instanceId, startTicks, diedAtMs: detectedAtMs }];
  });
}

/** Where the engine died. */
async function readAt(recovery: Recovery, input: IntentsInput): Promise<Noted> {
  const { host, lastHost, record } = recovery;
  const last = record.crashes.at(-1);
  if (last === undefined || !isLeftBehind(recovery, last)) return host.readIntents(input);
  if (lastHost === null) return nothingFrom(last.host, 'it could not be reached');
  try {
    return await lastHost.readIntents(input);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return nothingFrom(last.host, reasonOf(error));
  }
}

function nothingFrom(host: string, why: string): Noted {
  return { count: 0, unfinished: 0, doubts: [`the journal lies on "${host}": ${why}`] };
}

export function notedRecord(
  { orders, count, unfinished, doubts }: Noted,
  { noted = { known: 0, fates: {} } }: Pick<OrdersRecovered, 'noted'>,
): NotedRecord {
  return { count, unfinished, doubts, ...noted, ...(orders !== undefined && { orders }) };
}

/** `12 intents, of which 9 in the state, 2 filled, 1 never arrived; 1 unfinished`. */
export function notedText({ count, known, fates, unfinished, doubts }: NotedRecord): string {
  const kinds = Object.entries(fates).map(([kind, of]) => `${of} ${kind.replaceAll('_', ' ')}`);
  const parts = [...(known === 0 ? [] : [`${known} in the state`]), ...kinds];
  return [
    `${counted(count, 'intent')}${parts.length === 0 ? '' : `, of which ${parts.join(', ')}`}`,
    ...(unfinished === 0 ? [] : [`${unfinished} unfinished, so not sent`]),
    ...(doubts.length === 0 ? [] : ['NOT ALL OF THE JOURNAL IS KNOWN']),
  ].join('; ');
}
