/** What a workflow did not take: how much of it, and the last. For people, bounded. */
import { firstOf } from '../content/shortened.js';

export interface Refusals {
  count: number;
  last: { name: string; why: string; atMs: number };
}

const LONGEST = 300;

export function withRefusal(
  before: Refusals | undefined,
  { name, why, atMs }: Refusals['last'],
): Refusals {
  return {
    count: (before?.count ?? 0) + 1,
    last: { name: firstOf(name, LONGEST), why: firstOf(why, LONGEST), atMs },
  };
}

export function refusalWords({ count, last }: Refusals): string {
  const times = count === 1 ? 'one message was' : `${count} messages were`;
  return `${times} refused; the last, "${last.name}", ${last.why}`;
}
