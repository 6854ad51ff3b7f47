/** Who may decide, and what nobody may read. */
import type { GateRecord } from '../../../workflows/domain/record.js';
import type { Facts } from './facts.js';

/** I10: a gate passes by what people signed, in time, and by nothing else. */
export function decidedByPeople({ incidents, sent }: Facts): string[] {
  const gates = incidents.flatMap((record) => record.gates);
  return gates.flatMap((gate) => {
    const { gateId, attempt, outcome, decisions, closedAtMs } = gate;
    const good = sent.filter(
      (each) =>
        each.gateId === gateId &&
        each.attempt === attempt &&
        each.isGenuine &&
        each.isInTime &&
        each.atMs <= (closedAtMs ?? Infinity),
    );
    const taken = decisions
      .filter(({ approver, answer }) => !good.some((by) => isBy(by, { approver, answer })))
      .map(({ approver }) => `${gateId} attempt ${attempt} took a decision of ${approver}`);
    const isPassed = outcome !== 'approved' || good.some(({ answer }) => answer === 'approve');
    return isPassed
      ? [...taken, ...approvedLate(gate)]
      : [...taken, `${gateId} attempt ${attempt} was approved, and nobody may have done it`];
  });
}

function approvedLate({ gateId, attempt, outcome, closedAtMs, shown }: GateRecord): string[] {
  const lateMs = (closedAtMs ?? 0) - (shown?.expiresAtMs ?? Infinity);
  if (outcome !== 'approved' || !(lateMs > 0)) return [];
  return [`${gateId} attempt ${attempt} was approved ${lateMs} ms after its deadline`];
}

type By = Pick<Facts['sent'][number], 'approver' | 'answer'>;

function isBy(one: By, other: By): boolean {
  return one.approver === other.approver && one.answer === other.answer;
}

/** I7. */
export function noSecretWritten({ texts, secrets }: Facts): string[] {
  return texts.flatMap(({ where, text }) =>
    secrets.flatMap((secret, at) => (text.includes(secret) ? [`secret ${at} in ${where}`] : [])),
  );
}

/** I11: people are told each state of a question or an incident once; each key is heard once. */
export function toldOnce({ heard }: Facts): string[] {
  const counts = new Map<string, number>();
  for (const { key } of heard) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([key, count]) => `people were told ${count} times: ${key}`);
}
