/**
 * Data go to stdout, talk goes to stderr, and every exit code means one thing.
 *
 * Invariant: nothing from outside moves the cursor, begins a line, or is printed and not seen.
 */
import { printable, printableLines } from '../../workflows/domain/content/printable.js';

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** The answer is no: refused, invalid, different, or something is left. */
  negative: 3,
  /** Temporal does not answer. */
  unreachable: 4,
  /** Something could not be read, and nothing that was read differs. */
  unknown: 5,
  /** Of `status --wait`: a person must answer. */
  person: 6,
  /** Of `status --wait`: an engine is stopped, and nothing starts it. */
  stopped: 7,
  /** Of `status --wait`: not all trade, and the time is up. */
  timeout: 8,
  /** Whoever read it has gone, as `head` does: what a shell says of SIGPIPE. */
  unread: 141,
} as const;

let goesOnUnread = false;
let goesOnUnheard = false;

/** A command whose words cannot be written is over, and not with a stack: unless it goes on all the same. */
export function endUnread(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (goesOnUnread) return;
      if (error.code === 'EPIPE') process.exit(EXIT.unread);
      if (stream === process.stdout) say(`Failed: its output cannot be written: ${error.message}`);
      process.exit(EXIT.failed);
    });
  }
}

/** For what runs until a signal: nobody need read what it says. */
export function goOnUnread(): void {
  goesOnUnread = true;
}

/** For what is to be done to its end, whoever still reads of it: a pipe or a session ends, a disk is full. */
export function goOnUnheard(): void {
  goOnUnread();
  if (goesOnUnheard) return;
  goesOnUnheard = true;
  process.on('SIGHUP', () => undefined);
}

export function printJson(data: unknown): void {
  print(JSON.stringify(data, null, 2));
}

/** Its line breaks are ours; whoever puts foreign text in has made it printable. */
export function print(text: string): void {
  process.stdout.write(`${printableLines(text)}\n`);
}

export function say(text: string): void {
  process.stderr.write(`${printableLines(text)}\n`);
}

export function printLine(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

export function sayLine(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}
