/**
 * Notices that a channel has not taken: what the record keeps of them, and the line people see.
 *
 * Invariants: one entry for a notice and a channel, so that reminders do not pile up; an entry goes
 * when the channel has taken the notice.
 */
import { firstOf, shortened } from './content/shortened.js';

export interface UndeliveredNotice {
  dedupKey: string;
  title: string;
  /** Null where no channel could even be tried. */
  channel: string | null;
  why: string;
  /** `failing`: tried again meanwhile; `given_up`: not any more. */
  status: 'failing' | 'given_up';
  sinceMs: number;
}

type Which = Pick<UndeliveredNotice, 'dedupKey' | 'channel'>;

const isOf = (which: Which) => (entry: UndeliveredNotice) =>
  entry.dedupKey === which.dedupKey && entry.channel === which.channel;

/** With this one, instead of what was known of it; since when it fails stays. */
export function withUndelivered(
  entries: readonly UndeliveredNotice[],
  entry: UndeliveredNotice,
): UndeliveredNotice[] {
  const known = entries.find(isOf(entry));
  const sinceMs = known?.sinceMs ?? entry.sinceMs;
  return [...withoutUndelivered(entries, entry), { ...entry, sinceMs }];
}

export function withoutUndelivered(
  entries: readonly UndeliveredNotice[],
  which: Which,
): UndeliveredNotice[] {
  const isIt = isOf(which);
  return entries.filter((entry) => !isIt(entry));
}

const SHOWN = 3;
const LONGEST_TITLE = 80;

/** One line; null where every channel has taken everything. */
export function describeUndelivered(entries: readonly UndeliveredNotice[]): string | null {
  return entries.length === 0 ? null : shortened(entries.map(inWords), SHOWN).join('; ');
}

function inWords({ channel, title, why, status }: UndeliveredNotice): string {
  const how = status === 'failing' ? 'is failing' : 'was given up';
  return `${channel ?? 'every channel'} ${how} (${why}): "${firstOf(title, LONGEST_TITLE)}"`;
}
