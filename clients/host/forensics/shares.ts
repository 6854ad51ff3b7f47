/**
 * How much of the bound for texts of one crash each file may take, and which end of it is kept.
 *
 * Invariant: what is cut says so itself, in a line of its own, and is cut between lines where it has any.
 */

export interface Share {
  /** Of the whole bound. */
  part: number;
  /** Logs tell most at their end, all else at its beginning. */
  keeps: 'beginning' | 'end';
}

const OTHER: Share = { part: 1 / 64, keeps: 'beginning' };
const SHARES: Readonly<Record<string, Share>> = {
  'logs_recent.txt': { part: 1 / 4, keeps: 'end' },
  'backtrace.txt': { part: 3 / 16, keeps: 'beginning' },
  'timeline.txt': { part: 1 / 8, keeps: 'end' },
  'stacks_hung.txt': { part: 1 / 8, keeps: 'beginning' },
  'positions_exchange.json': { part: 1 / 8, keeps: 'beginning' },
  'resources.csv': { part: 1 / 32, keeps: 'end' },
  'errors.txt': { part: 1 / 64, keeps: 'end' },
  'sar.txt': { part: 1 / 64, keeps: 'end' },
};

/** What is left to all files without a share of their own, together. */
export const PART_OF_OTHERS = Object.values(SHARES).reduce((left, { part }) => left - part, 1);

export function hasOwnShare(name: string): boolean {
  return Object.hasOwn(SHARES, name);
}

export function shareOf(name: string): Share {
  return (hasOwnShare(name) ? SHARES[name] : undefined) ?? OTHER;
}

export interface Cut {
  text: string;
  /** Bytes that are left out; none where it fits. */
  leftOut: number;
}

/** For the line that says so. */
const ROOM = 200;
const LINE_END = 0x0a;

export function cutTo(content: string, mostBytes: number, keeps: Share['keeps']): Cut {
  const bytes = Buffer.from(content);
  if (bytes.length <= mostBytes) return { text: content, leftOut: 0 };
  const room = Math.max(0, mostBytes - ROOM);
  const kept = keeps === 'end' ? lastOf(bytes, room) : firstOf(bytes, room);
  const leftOut = bytes.length - kept.length;
  const line = `[${leftOut} bytes are left out here: forensics.evidenceBytes allows more]\n`;
  const text = kept.toString();
  return { text: keeps === 'end' ? `${line}${text}` : `${text}\n${line}`, leftOut };
}

function firstOf(bytes: Buffer, room: number): Buffer {
  const end = bytes.subarray(0, room).lastIndexOf(LINE_END);
  return bytes.subarray(0, end > room / 2 ? end : room);
}

function lastOf(bytes: Buffer, room: number): Buffer {
  const last = bytes.subarray(bytes.length - room);
  const begin = last.indexOf(LINE_END) + 1;
  return begin < room / 2 ? last.subarray(begin) : last;
}
