/**
 * Flags of what is started by hand here.
 *
 * Invariant: what is not understood is said in a line, with the usage, and exit code 2: never with a stack.
 */
import { say } from '../clients/cli/output.js';

const BAD_USAGE = 2;

/** `read` fails where they are not understood; gives null where it is help that is wanted. */
export function flagsOrEnd<T>(usage: string, read: () => T | null): T {
  let flags: T | null = null;
  try {
    flags = read();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say(usage);
    process.exit(BAD_USAGE);
  }
  if (flags !== null) return flags;
  say(usage);
  process.exit(0);
}
