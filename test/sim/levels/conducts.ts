/** What people of the world do at their n-th question, as the plan of the faults has it. */
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import { DEAN, OLGA, RITA, type Person } from '../../workflows/fakes/people.js';
import type { Fault, Plan } from '../faults/plan.js';
import { mayAnswer, type Answer, type Plan as PeoplePlan } from '../world/people/people.js';

export const CONDUCTS = [
  'reject',
  'silent',
  'late',
  'forged',
  'approve_and_reject',
  'of_another_role',
] as const;
type Conduct = (typeof CONDUCTS)[number] | 'approve';

const USUAL_MS = 5_000;
/** After each time limit that a question of these incidents has. */
const LATE_MS = 50_000;

/** What the plan has somebody do at that question, the first being 1; undefined: what people usually do. */
export function faultAt(plan: Plan, question: number): Fault | undefined {
  return plan.find(
    ({ kind, at }) => kind === 'person' && 'question' in at && at.question === question,
  );
}

/** By the rules of these worlds, and not by what a question says of itself. */
export function mayDecide({ roles }: Pick<Person, 'roles'>, kind: GateKind): boolean {
  const who = OF_RISK_ALONE.includes(kind) ? ['risk'] : ['ops', 'risk'];
  return roles.some((role) => who.includes(role));
}

const OF_RISK_ALONE: readonly GateKind[] = ['manual_recovery', 'unknown_breaker'];

interface Noting {
  happened: Fault[];
  tell: (what: string) => void;
  /** What nobody approves who has seen what has happened. */
  refused?: readonly GateKind[];
}

export function conductOf(plan: Plan, { happened, tell, refused = [] }: Noting): PeoplePlan {
  let questions = 0;
  return ({ kind, attempt }) => {
    questions += 1;
    const fault = faultAt(plan, questions);
    if (fault !== undefined) happened.push(fault);
    const conduct = (fault?.what ?? (refused.includes(kind) ? 'reject' : 'approve')) as Conduct;
    tell(`people are asked ${kind} ${attempt}: ${conduct}`);
    return answers(mayAnswer(kind), { conduct, afterMs: USUAL_MS + (fault?.ms ?? 0) });
  };
}

function answers(
  by: Answer['by'],
  { conduct, afterMs }: { conduct: Conduct; afterMs: number },
): readonly Answer[] {
  const approve: Answer = { by, answer: 'approve', afterMs };
  const other = [OLGA, RITA, DEAN].find((person) => person !== by) ?? by;
  const acts: Record<Conduct, readonly Answer[]> = {
    approve: [approve],
    reject: [{ ...approve, answer: 'reject' }],
    silent: [],
    late: [{ ...approve, afterMs: LATE_MS + afterMs }],
    forged: [
      { ...approve, isForged: true },
      { ...approve, afterMs: 3 * afterMs },
    ],
    approve_and_reject: [approve, { ...approve, answer: 'reject' }],
    of_another_role: [
      { ...approve, by: other },
      { ...approve, afterMs: 3 * afterMs },
    ],
  };
  return acts[conduct];
}
