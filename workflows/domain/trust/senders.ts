/**
 * Who may send what, in one table.
 *
 * Invariants: what the table does not name nobody may send; a host speaks for itself alone; what
 * proves itself is judged by its own proof, whatever road it came by.
 */
import { markWords, senderOf, senderWords, type Mark, type Sender } from './marks.js';

type Rule =
  | { kind: 'roles'; roles: readonly Sender['role'][] }
  /** A host, about itself. */
  | { kind: 'own_host' }
  /** It carries a signature of a person, which its handler verifies. */
  | { kind: 'proves_itself' };

const CONTROL: Rule = { kind: 'roles', roles: ['control'] };
const OPERATOR: Rule = { kind: 'roles', roles: ['operator'] };
const PROVES_ITSELF: Rule = { kind: 'proves_itself' };

/** By the name of the message, of the workflow that is started, or of the answer. */
const RULES = {
  reportCrash: { kind: 'own_host' },
  handDownContainment: { kind: 'own_host' },
  holdEngine: OPERATOR,
  releaseHold: OPERATOR,
  instruct: PROVES_ITSELF,
  abortRecovery: CONTROL,
  engageKillSwitch: OPERATOR,
  releaseKillSwitch: OPERATOR,
  killSwitchEngaged: CONTROL,
  crashedAgain: CONTROL,
  moreSeen: CONTROL,
  recoveryProgress: CONTROL,
  versionChanged: CONTROL,
  decide: PROVES_ITSELF,
  decideBySignal: PROVES_ITSELF,
  steerRecovery: PROVES_ITSELF,
  /** With nothing in its memory yet; one that goes on from a run before is `CONTROL`'s. */
  freshGuardian: { kind: 'roles', roles: ['host', 'control', 'operator'] },
  continuedGuardian: CONTROL,
  recoverEngine: CONTROL,
  recoveryResult: CONTROL,
  activityInput: CONTROL,
  controlPlaneResult: CONTROL,
  hostResult: { kind: 'own_host' },
  queryAnswer: CONTROL,
  updateAnswer: CONTROL,
} as const satisfies Record<string, Rule>;

export type Guarded = keyof typeof RULES;

/**
 * A crash is one by the instance that crashed, however often it is reported: no clock that is wrong may
 * keep a report from being taken.
 */
export function mayRepeat(name: Guarded): boolean {
  return name === 'reportCrash' || provesItself(name);
}

export function isGuarded(name: string): name is Guarded {
  return Object.hasOwn(RULES, name);
}

export function provesItself(name: Guarded): boolean {
  return RULES[name].kind === 'proves_itself';
}

/**
 * Why this sender may not send it, as a sentence's end; null where it may. `host`: which host it
 * speaks of, null where of none.
 */
export function notAllowed(name: Guarded, mark: Mark, host: string | null): string | null {
  const rule: Rule = RULES[name];
  if (rule.kind === 'proves_itself') return null;
  const sender = senderOf(mark);
  if (sender === null) return `is ${markWords(mark)}`;
  return mayBeFrom(rule, sender, host) ? null : `comes from ${senderWords(sender)}, who may not`;
}

function mayBeFrom(
  rule: Exclude<Rule, { kind: 'proves_itself' }>,
  sender: Sender,
  host: string | null,
) {
  return rule.kind === 'roles'
    ? rule.roles.includes(sender.role)
    : sender.role === 'host' && host !== null && sender.host === host;
}
