/** Whether those who are configured can answer what a recovery may ask. */
import { GateKind } from '../content/gate-kind.js';
import { keysAt, type Approver } from '../gates/approver.js';
import { endOf } from '../gates/keys/validity.js';
import { utcText } from '../content/utc-text.js';
import { DAY_MS } from '../numbers/durations.js';
import { rulesFor } from '../gates/rules.js';
import type { RecoveryPolicy } from '../policy/policy.js';
import { counted } from '../content/counted.js';
import { fault, ok, warning, type Finding } from './finding.js';

/** Kinds of gates that the same people answer in the same number. */
export interface AnsweredAlike {
  kinds: GateKind[];
  roles: string[];
  quorum: number;
  /** Those who may, by name. */
  able: string[];
}

export function answeredAlike(
  { gates }: Pick<RecoveryPolicy, 'gates'>,
  approvers: readonly Pick<Approver, 'name' | 'roles'>[],
): AnsweredAlike[] {
  const alike = new Map<string, AnsweredAlike>();
  for (const kind of GateKind.options) {
    const { roles, quorum } = rulesFor(kind, gates);
    const key = JSON.stringify([roles, quorum]);
    const able = approvers
      .filter((person) => person.roles.some((role) => roles.includes(role)))
      .map(({ name }) => name);
    const before = alike.get(key)?.kinds ?? [];
    alike.set(key, { kinds: [...before, kind], roles, quorum, able });
  }
  return [...alike.values()];
}

export function judgePeople(
  { kinds, roles, quorum, able }: AnsweredAlike,
  engineId: string,
): Finding {
  const gates = kinds.length > MOST_NAMED ? `${kinds.length} kinds of gates` : kinds.join(', ');
  const needed = `${gates}: ${counted(quorum, 'approver')} of role ${roles.join(' or ')} needed`;
  const who = able.length === 0 ? 'nobody is configured' : able.join(', ');
  if (able.length < quorum) {
    return fault(
      `${needed}, and ${who} may answer`,
      `add them under approvers (relight key new FILE), or change engines.${engineId}.policy.gates`,
    );
  }
  if (able.length > quorum) return ok(`${needed}; ${who}`);
  return warning(
    `${needed}, and just as many may answer (${who}): nobody of them may be away`,
    `add an approver of role ${roles.join(' or ')}`,
  );
}

const MOST_NAMED = 4;

/** When the last key of a person that counts now ends; null where one has no end, or none counts. */
export function lastEndOf(person: Approver, nowMs: number): number | null {
  const ends = keysAt(person, nowMs).map((key) => endOf(person, key) ?? Infinity);
  const last = Math.max(...ends);
  return Number.isFinite(last) ? last : null;
}

const SOON_MS = 30 * DAY_MS;

/** Of those who cannot sign now, or not for much longer; the others are nothing to be told of. */
export function judgeKeys(approvers: readonly Approver[], nowMs: number): Finding[] {
  const remedy = 'add a key under approvers, or set its until anew (relight keys lists them)';
  return approvers.flatMap((person) => {
    if (keysAt(person, nowMs).length === 0) {
      return [warning(`"${person.name}" has no key that counts now`, remedy)];
    }
    const endMs = lastEndOf(person, nowMs);
    return endMs === null || endMs - nowMs > SOON_MS
      ? []
      : [warning(`the last key of "${person.name}" ends at ${utcText(endMs)}`, remedy)];
  });
}
