/**
 * What a look at one thing that a recovery needs has found, before it is needed.
 *
 * Invariants: what could not be looked at is `unverified`, never `ok`; a `fault` would keep a recovery from being
 * seen, started, proven or answered, a `warning` makes it worse; whatever is not ok says what to do.
 */
import { z } from 'zod';

export const Verdict = z.enum(['ok', 'warning', 'fault', 'unverified']);
type Verdict = z.infer<typeof Verdict>;

/** Whose matter it is. */
export const Group = z.enum(['configuration', 'host', 'engine', 'venue', 'people', 'temporal']);
export type Group = z.infer<typeof Group>;

/** By these scripts know them: a name stays. */
export const CheckName = z.enum([
  'engines',
  'settings',
  'secrets',
  'private_folders',
  'message_keys',
  'free_space',
  'debugger',
  'kernel_log',
  'kernel_events',
  'process',
  'checkpoint',
  'capabilities',
  'core_pattern',
  'core_limit',
  'programs',
  'folders',
  'logs',
  'reading',
  'key_rights',
  'clock',
  'prices',
  'gates',
  'channels',
  'server',
  'namespace',
  'search_attributes',
  'worker',
  'agent',
]);
export type CheckName = z.infer<typeof CheckName>;

export type Finding =
  | { verdict: 'ok'; found: string; remedy: null }
  | { verdict: Exclude<Verdict, 'ok'>; found: string; remedy: string };

export function ok(found: string): Finding {
  return { verdict: 'ok', found, remedy: null };
}

export function warning(found: string, remedy: string): Finding {
  return { verdict: 'warning', found, remedy };
}

export function fault(found: string, remedy: string): Finding {
  return { verdict: 'fault', found, remedy };
}

export function unverified(found: string, remedy: string): Finding {
  return { verdict: 'unverified', found, remedy };
}
