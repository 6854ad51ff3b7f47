/**
 * What people may tell a guardian, or a recovery itself, and whose right it is: one table for all commands.
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
  'tick',
  'pause',
  'step_down',
]);
export type Command = z.infer<typeof Command>;

interface Rule {
  /** About an incident, which it names, or about the engine. */
  about: 'engine' | 'incident';
  /** Whose gate it is as good as. */
  asGate: GateKind;
  /** Who takes it. */
  to: 'guardian' | 'recovery';
}

const TABLE = {
  hold: { about: 'engine', asGate: 'automatic_recovery', to: 'guardian' },
  release: { about: 'engine', asGate: 'automatic_recovery', to: 'guardian' },
  abort: { about: 'incident', asGate: 'automatic_recovery', to: 'guardian' },
  retry: { about: 'incident', asGate: 'manual_recovery', to: 'guardian' },
  recover: { about: 'engine', asGate: 'automatic_recovery', to: 'guardian' },
  failover: { about: 'engine', asGate: 'manual_recovery', to: 'guardian' },
  drill: { about: 'engine', asGate: 'automatic_recovery', to: 'guardian' },
  tick: { about: 'incident', asGate: 'automatic_recovery', to: 'recovery' },
  pause: { about: 'incident', asGate: 'automatic_recovery', to: 'recovery' },
  step_down: { about: 'incident', asGate: 'automatic_recovery', to: 'recovery' },
} as const satisfies Record<Command, Rule>;

/** Those that the recovery of an incident takes itself. */
export type RecoveryCommand = {
  [Name in Command]: (typeof TABLE)[Name]['to'] extends 'recovery' ? Name : never;
}[Command];

export function isForRecovery(command: Command): command is RecoveryCommand {
  return TABLE[command].to === 'recovery';
}

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
