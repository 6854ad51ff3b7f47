/**
 * What lives on in the cgroup of an engine whose process is gone, and what of it may be the engine.
 *
 * Invariants: a process that the dead one has forked, and that still runs its program, may trade: as long as one
 * lives no death is confirmed; a helper is no engine, and is named; a group of which nothing could be read is
 * not called empty.
 */
import { printable } from '../../content/printable.js';
import { shortened } from '../../content/shortened.js';

export interface LeftInGroup {
  pid: number;
  name: string;
  /** Begun after the engine, and runs what it ran: a fork of it. */
  isFork: boolean;
  /** With other machines; null where its descriptors may not be read. */
  connections: number | null;
}

/** `unknown`: which group was its own, or it had none that others are not in. */
export type Remains =
  | { kind: 'unknown' }
  | { kind: 'unread'; why: string }
  | { kind: 'looked'; left: readonly LeftInGroup[] };

const MOST_TOLD = 5;

export function forksIn(remains: Remains): LeftInGroup[] {
  return remains.kind === 'looked' ? remains.left.filter(({ isFork }) => isFork) : [];
}

/** After the words that the process is gone; empty where nothing is known of a group. */
export function remainsWords(remains: Remains): string {
  if (remains.kind === 'unknown') return '';
  if (remains.kind === 'unread') {
    return `; what is left in its cgroup could not be read: ${remains.why}`;
  }
  const { left } = remains;
  if (left.length === 0) return '; its cgroup is empty';
  return `; left in its cgroup, and no engine: ${namesOf(left)}; stop them where nobody needs them`;
}

export function namesOf(left: readonly LeftInGroup[]): string {
  return shortened(left.map(nameOf), MOST_TOLD).join(', ');
}

function nameOf({ pid, name, connections }: LeftInGroup): string {
  const open =
    connections === null || connections === 0
      ? ''
      : `, ${connections} connection${connections === 1 ? '' : 's'} to other machines open`;
  return `pid ${pid} (${printable(name)}${open})`;
}
