/**
 * The rules by which an incident is judged: the policy of its engine and the people who may decide,
 * as the control plane's own configuration has them, and never as a message brings them.
 *
 * Invariant: the same rules have the same digest, whichever worker read them.
 */
import { digestOf } from '../content/canonical.js';
import type { Approver } from './approver.js';
import type { Integration } from '../engine/integration.js';
import type { RecoveryPolicy } from '../policy/policy.js';

export interface Rules {
  policy: RecoveryPolicy;
  approvers: Approver[];
}

export interface RuleBook extends Rules {
  /** SHA-256 of the rules. */
  digest: string;
  /** Where the engine lives; missing where a worker of an earlier version answered. */
  host?: string;
  /** What the engine does not offer; null where it offers all. Missing where a worker of an earlier version answered. */
  integration?: Integration | null;
  /** The host of the worker that read them. */
  readBy: string;
  /** Why these are not the file's as it is now, in words; null where they are. */
  outdated: string | null;
}

export function ruleDigest({ policy, approvers }: Rules): string {
  return digestOf({ policy, approvers });
}

/** What has changed, for people, in one sentence; null where the rules are the same. */
export function changeOfRules(before: Rules, now: Rules): string | null {
  const changes = [
    digestOf(before.policy) === digestOf(now.policy) ? null : 'the policy differs',
    ...changesOfApprovers(before.approvers, now.approvers),
  ].filter((change) => change !== null);
  return changes.length === 0 ? null : changes.join('; ');
}

function changesOfApprovers(before: readonly Approver[], now: readonly Approver[]): string[] {
  const was = new Map(before.map((person) => [person.name, digestOf(person)]));
  const is = new Map(now.map((person) => [person.name, digestOf(person)]));
  const named = (names: string[]) => names.map((name) => `"${name}"`).join(', ');
  const gone = [...was.keys()].filter((name) => !is.has(name));
  const come = [...is.keys()].filter((name) => !was.has(name));
  const other = [...is].filter(([name, digest]) => was.has(name) && was.get(name) !== digest);
  return [
    ...(gone.length === 0 ? [] : [`no longer an approver: ${named(gone)}`]),
    ...(come.length === 0 ? [] : [`a new approver: ${named(come)}`]),
    ...(other.length === 0 ? [] : [`other keys or roles: ${named(other.map(([name]) => name))}`]),
  ];
}
