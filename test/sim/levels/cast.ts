/**
 * Keys and people beside the usual: a second key, one that counts no more, and somebody who was an approver as it
 * crashed and is none since.
 */
import { publicKeyOf } from '../../../workflows/domain/gates/decision.js';
import type { Approver } from '../../../workflows/domain/gates/approver.js';
import { DEAN, OLGA, RITA, type Person } from '../../workflows/fakes/people.js';

export const PEOPLE: readonly Person[] = [OLGA, RITA, DEAN];

/** Whom the rules name at the crash, and at no question any more. */
export const OTTO: Person = { name: 'otto', roles: ['ops', 'risk'], privateKey: '06'.repeat(32) };

/** With them there are enough to approve what one of those who may has had begin. */
export const RALF: Person = { name: 'ralf', roles: ['risk'], privateKey: '07'.repeat(32) };
export const ROSA: Person = { name: 'rosa', roles: ['risk'], privateKey: '08'.repeat(32) };

export function otherKeyOf(person: Person): Person {
  return { ...person, privateKey: `1${person.privateKey.slice(1)}` };
}

/** It counted until the engine died. */
export function formerKeyOf(person: Person): Person {
  return { ...person, privateKey: `2${person.privateKey.slice(1)}` };
}

/** Says to be somebody, with another key. */
export function forging(person: Person): Person {
  return { ...person, privateKey: '09'.repeat(32) };
}

export function approverOf({ name, roles, privateKey }: Person): Approver {
  return { name, roles, keys: [{ ed25519: publicKeyOf(privateKey) }] };
}

export function withOtherKeys(approvers: readonly Approver[]): Approver[] {
  return withMore(approvers, (person) => ({ ed25519: publicKeyOf(otherKeyOf(person).privateKey) }));
}

export function withFormerKeys(approvers: readonly Approver[]): Approver[] {
  const until = `${new Date(Date.now()).toISOString().slice(0, 19)}Z`;
  return withMore(approvers, (person) => ({
    ed25519: publicKeyOf(formerKeyOf(person).privateKey),
    until,
  }));
}

type Key = NonNullable<Approver['keys']>[number];

function withMore(approvers: readonly Approver[], keyOf: (person: Person) => Key): Approver[] {
  return approvers.map((approver) => {
    const person = [...PEOPLE, RALF, ROSA].find(({ name }) => name === approver.name);
    const { keys = [] } = approver;
    return person === undefined ? approver : { ...approver, keys: [...keys, keyOf(person)] };
  });
}
