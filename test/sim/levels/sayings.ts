/** What people say to a question, by their conduct: who, what, when, by which key. */
import type { Answer } from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import type { Person } from '../../workflows/fakes/people.js';
import { forging, formerKeyOf, otherKeyOf, OTTO } from './cast.js';
import { CONDUCTS as USUAL_CONDUCTS } from './conducts.js';

/** Here an answer may come twice, too. */
export const CONDUCTS = [...USUAL_CONDUCTS, 'twice'] as const;
/** What somebody tries at each question where the incident is about that; whoever may decide does so later. */
type Attempted =
  'with_a_former_key' | 'alone_with_two_keys' | 'who_was_an_approver' | 'who_had_it_begun';
export type Conduct = (typeof CONDUCTS)[number] | Attempted | 'approve';

/** What a worker allows clocks to differ by is a little more. */
const BACKDATED_MS = 110_000;

export interface Saying {
  answer: Answer;
  person: Person;
  /** By a key of theirs that counts. */
  isOwnKey: boolean;
  afterMs: number;
  /** As they write; missing: as it is. */
  decidedAtMs?: number;
}

interface Asked {
  gate: GateRequest;
  people: readonly Person[];
  /** Of them, who had this recovery begin, and may not approve that. */
  begunBy: string | null;
  ms: number;
}

export function sayingsOf(conduct: Conduct, asked: Asked): Saying[] {
  return SAYINGS[conduct](partsOf(asked));
}

interface Parts {
  gate: GateRequest;
  ms: number;
  able: Person[];
  enough: Person[];
  /** Who may not decide on it, whatever the rules of the question say of them alone. */
  others: Person[];
  own: Person[];
}

function partsOf({ gate, people, begunBy, ms }: Asked): Parts {
  const mayBe = people.filter(({ roles }) => roles.some((role) => gate.roles.includes(role)));
  const able = mayBe.filter(({ name }) => name !== begunBy);
  return {
    gate,
    ms,
    able,
    enough: able.slice(0, gate.quorum),
    others: people.filter((person) => !mayBe.includes(person)),
    own: people.filter(({ name }) => name === begunBy),
  };
}

function each(who: readonly Person[], answer: Answer, afterMs: number, isOwnKey = true): Saying[] {
  return who.map((person) => ({ answer, person, isOwnKey, afterMs }));
}

/** Those who may, when somebody else has tried. */
const then = ({ enough, ms }: Parts) => each(enough, 'approve', 3 * ms);

const SAYINGS: Record<Conduct, (parts: Parts) => Saying[]> = {
  approve: ({ enough, ms }) => each(enough, 'approve', ms),
  reject: ({ enough, ms }) => each(enough, 'reject', ms),
  silent: () => [],
  late: ({ enough, ms, gate: { expiresAtMs } }) =>
    each(enough, 'approve', expiresAtMs === null ? ms : expiresAtMs - Date.now() + 1 + ms),
  forged: (parts) => [
    ...each(parts.enough.map(forging), 'approve', parts.ms, false),
    ...then(parts),
  ],
  approve_and_reject: ({ able, ms }) => [
    ...each(able.slice(0, 1), 'approve', ms),
    ...each(able.slice(-1), 'reject', ms),
  ],
  of_another_role: (parts) => [...each(parts.others, 'approve', parts.ms), ...then(parts)],
  twice: ({ enough, ms }) => [...each(enough, 'approve', ms), ...each(enough, 'approve', ms)],
  with_a_former_key: (parts) => [...backdated(parts), ...then(parts)],
  alone_with_two_keys: (parts) => {
    const alone = parts.able.slice(0, 1).flatMap((person) => [person, otherKeyOf(person)]);
    return [...each(alone, 'approve', parts.ms), ...then(parts)];
  },
  who_was_an_approver: (parts) => [...each([OTTO], 'approve', parts.ms), ...then(parts)],
  who_had_it_begun: (parts) => {
    if (parts.own.length > 0) return [...each(parts.own, 'approve', parts.ms), ...then(parts)];
    const answer = parts.gate.kind === 'manual_recovery' ? 'reject' : 'approve';
    return each(parts.enough, answer, parts.ms);
  },
};

function backdated({ enough, gate, ms }: Parts): Saying[] {
  const decidedAtMs = gate.openedAtMs - BACKDATED_MS;
  const sayings = each(enough.map(formerKeyOf), 'approve', ms, false);
  return sayings.map((saying) => ({ ...saying, decidedAtMs }));
}
