/**
 * What every command is made of.
 *
 * Invariant: a file in this folder declares commands and nothing else. It loads what carries one
 * out when it is carried out, so that no command pays for another, and `--help` for none.
 */
import type { Operations } from '../operations.js';

/**
 * Makes the operations, hands them to one command, and closes them behind it. `toStop`: what is wrong
 * with approvers, channels, one engine or one venue of the configuration does not keep the command from being carried out. `toRead`:
 * nor what an engine lacks beside its venues.
 */
export type WithOperations = (
  act: (operations: Operations) => Promise<number>,
  options?: { toStop?: boolean; toRead?: boolean },
) => Promise<void>;

export const ENGINE_OPTION = [
  '--engine <id>',
  'the engine; needed where there are several',
] as const;

/** Of every command that is signed: by whom, and with what (`SigningOptions`). */
export const SIGNER_OPTION = [
  '--as <name>',
  'your name (required) among the approvers of the configuration',
] as const;
export const KEY_OPTION = [
  '--key <file>',
  'your private key file (default: $RELIGHT_APPROVER_KEY_FILE)',
] as const;
export const SSH_KEY_OPTION = [
  '--ssh-key <file>',
  'an SSH key instead: its file, or its .pub file with an agent',
] as const;
