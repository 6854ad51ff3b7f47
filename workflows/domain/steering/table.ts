/**
 * What people may tell a guardian, and whose right it is: one table for all commands.
 *
 * Invariant: roles are those of the policy's gates, so that nobody can do by a command what the
 * same people could not have approved: whoever begins a recovery anew does what the manual checklist asks.
 */
import { z } from 'zod';
import type { GateKind } from '../content/gate-kind.js';
import type { RecoveryPolicy } from '../policy/policy.js';
import { rulesFor } from '../gates/rules.js';

export const Command = z.enum([
  'hold',
  'release',
  'abort',
  'retry',
  'recover',
  'failover',
  'drill',
]);
export type Command = z.infer<typeof Command>;

interface Rule {
  /** About an incident, which it names, or about the engine. */
  about: 'engine' | 'incident';
  /** Whose gate it is as good as. */
  asGate: GateKind;
}

const TABLE = {
  hold: { about: 'engine', asGate: 'automatic_recovery' },
  release: { about: 'engine', asGate: 'automatic_recovery' },
  abort: { about: 'incident', asGate: 'automatic_recovery' },
  retry: { about: 'incident', asGate: 'manual_recovery' },
  recover: { about: 'engine', asGate: 'automatic_recovery' },
  failover: { about: 'engine', asGate: 'manual_recovery' },
  drill: { about: 'engine', asGate: 'automatic_recovery' },
} as const satisfies Record<Command, Rule>;

export function isAboutIncident(command: Command): boolean {
  return TABLE[command].about === 'incident';
}

/** One of them is enough. */
export function rolesFor(command: Command, policy: RecoveryPolicy['gates']): string[] {
  return rulesFor(TABLE[command].asGate, policy).roles;
}

/** Whether one signature is too few to begin anew: then people are asked before anything is done. */
export function asksFirst(policy: RecoveryPolicy['gates']): boolean {
  return rulesFor('manual_recovery', policy).quorum > 1;
}
