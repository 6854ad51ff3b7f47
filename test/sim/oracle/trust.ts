/** Who may decide, and what nobody may read. */
import type { GateRecord } from '../../../workflows/domain/record.js';
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import type { Facts } from './facts.js';

/** I10: a gate passes by what people signed, in time, and by nothing else. */
export function decidedByPeople({ incidents, sent, rules, begun }: Facts): string[] {
  const gates = incidents.flatMap(({ incidentId, gates: own }) =>
    own.map((gate) => {
      const by = begun.find((each) => each.incidentId === incidentId)?.by;
      return { gate, by: isTakenOver(own, gate) ? undefined : by };
    }),
  );
  return gates.flatMap(({ gate, by }) => {
    const { gateId, attempt, outcome, decisions, closedAtMs } = gate;
    const good = sent.filter(
      (each) =>
        each.gateId === gateId &&
        each.attempt === attempt &&
        each.isGenuine &&
        each.isInTime &&
        !approvesItself(each, gate, by) &&
        Math.max(each.atMs, each.fromMs ?? 0) <= (closedAtMs ?? Infinity),
    );
    const taken = decisions
      .filter(({ approver, answer }) => !good.some((by) => isBy(by, { approver, answer })))
      .map(({ approver }) => `${gateId} attempt ${attempt} took a decision of ${approver}`);
    const why = outcome === 'approved' ? notApprovable(gate, { good, rules }) : [];
    return [...taken, ...approvedLate(gate, rules), ...why];
  });
}

/** A death is proven where the engine lives, and believed of nowhere else. */
export function believedAtHome({ incidents, home }: Facts): string[] {
  if (home === null) return [];
  return incidents.flatMap(({ incidentId, crashes }) =>
    crashes
      .filter(({ host }) => host !== home)
      .map(
        ({ instance, host }) => `${incidentId} believes ${host} that ${instance.instanceId} died`,
      ),
  );
}

/** Whether others have approved by then that it goes on: whoever had it begin is one of them from there. */
function isTakenOver(own: readonly GateRecord[], { openedAtMs }: GateRecord): boolean {
  return own.some(
    ({ kind, outcome, closedAtMs }) =>
      kind === 'manual_recovery' &&
      outcome === 'approved' &&
      (closedAtMs ?? Infinity) <= openedAtMs,
  );
}

/** Whoever had a recovery begin may say no to it, and not yes, where it is asked whether it may. */
function approvesItself(
  { approver, answer }: Facts['sent'][number],
  { kind }: GateRecord,
  begunBy: string | undefined,
): boolean {
  return kind === 'manual_recovery' && answer === 'approve' && approver === begunBy;
}

/** So many different people as the rules want, and nobody against it. */
function notApprovable(
  { gateId, attempt, decisions, kind }: GateRecord,
  { good, rules }: { good: Facts['sent']; rules: Facts['rules'] },
): string[] {
  const name = `${gateId} attempt ${attempt} was approved`;
  const able = new Set(
    good.filter(({ answer }) => answer === 'approve').map(({ approver }) => approver),
  );
  const quorum = rules?.gates.kinds[kind]?.quorum ?? rules?.gates.quorum ?? 1;
  const kept = decisions.filter(({ answer }) => answer === 'approve').length;
  const against = decisions.filter(({ answer }) => answer === 'reject');
  return [
    ...(able.size < quorum ? [`${name}: ${quorum} must, and ${able.size} may have`] : []),
    ...(kept < quorum ? [`${name}: ${quorum} must, and ${kept} are kept in the record`] : []),
    ...against.map(({ approver }) => `${name}, and ${approver} had rejected it`),
  ];
}

function approvedLate(gate: GateRecord, rules: Facts['rules']): string[] {
  const { gateId, attempt, outcome, closedAtMs, shown, kind, openedAtMs } = gate;
  const mayLastMs = rules === null || WAITS.includes(kind) ? Infinity : rules.gates.expiresAfterMs;
  const endsAtMs = Math.min(shown?.expiresAtMs ?? Infinity, openedAtMs + mayLastMs);
  const lateMs = (closedAtMs ?? 0) - endsAtMs;
  if (outcome !== 'approved' || !(lateMs > 0)) return [];
  return [`${gateId} attempt ${attempt} was approved ${lateMs} ms after its deadline`];
}

/** For as long as it takes. */
const WAITS: readonly GateKind[] = [
  'venues_unreadable',
  'enter_by_hand',
  'ramp_paused',
  'manual_recovery',
];

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
