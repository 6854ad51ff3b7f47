/**
 * What every command is made of.
 *
 * Invariant: a file in this folder declares commands and nothing else. It loads what carries one
 * out when it is carried out, so that no command pays for another, and `--help` for none.
 */
import type { Operations } from '../operations.js';

/** Makes the operations, hands them to one command, and closes them behind it. */
export type WithOperations = (act: (operations: Operations) => Promise<number>) => Promise<void>;

export const ENGINE_OPTION = [
  '--engine <id>',
  'the engine; needed where there are several',
] as const;
