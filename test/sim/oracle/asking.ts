/**
 * I6: people are asked what they must be, are told how each question ended, and are left in peace where nothing is
 * theirs to decide.
 */
import type { GateRecord, RecoveryRecord } from '../../../workflows/domain/record.js';
import type { NoticeState } from '../../../workflows/domain/notices/states.js';
import { endedByOthers } from './ends.js';
import type { Facts, Heard } from './facts.js';

export function askedRightly(facts: Facts): string[] {
  const broken = endedByOthers(facts).map(({ incidentId }) => incidentId);
  const ended = facts.incidents.filter(
    ({ outcome, incidentId }) => outcome !== 'running' && !broken.includes(incidentId),
  );
  return [
    ...ended.flatMap((record) => conversation(record, facts)),
    ...facts.incidents.flatMap((record) => inACircle(record, facts)),
    ...disturbed(facts),
  ];
}

/** Nothing that happens in a simulation takes so many questions. */
const MOST_QUESTIONS = 30;

/** While the kill switch is engaged each attempt ends at it: who has it begin again knows why. */
function inACircle({ incidentId, gates }: RecoveryRecord, { switched }: Facts): string[] {
  const free = gates.filter(
    ({ openedAtMs }) =>
      !switched.some(({ fromMs, toMs }) => openedAtMs >= fromMs && openedAtMs <= toMs),
  );
  const often = free.length >= MOST_QUESTIONS;
  return often ? [`people are asked in a circle: ${free.length} times of ${incidentId}`] : [];
}

/** Each question was told once as it was asked, and once as it ended; nothing else was asked. */
function conversation({ incidentId, gates }: RecoveryRecord, { heard, rules }: Facts): string[] {
  const own = heard.filter((notice) => notice.incidentId === incidentId);
  const told = gates.flatMap((gate) => [
    ...toldOf(gate, { incidentId, own }),
    ...notReminded(gate, { incidentId, own, rules }),
  ]);
  const asked = own.filter(({ state }) => state === 'asked');
  const strange = asked.filter(({ key }) => !gates.some((gate) => isOf(key, incidentId, gate)));
  return [...told, ...strange.map(({ key }) => `people were asked what nobody had opened: ${key}`)];
}

function toldOf(
  gate: GateRecord,
  { incidentId, own }: { incidentId: string; own: readonly Heard[] },
): string[] {
  const name = `${gate.gateId} attempt ${gate.attempt}`;
  const of = own.filter(({ key }) => isOf(key, incidentId, gate));
  const count = (state: NoticeState) => of.filter((notice) => notice.state === state).length;
  const asked = count('asked');
  const end = endOf(gate);
  const ends = end === null ? 1 : count(end);
  return [
    ...(asked === 1 ? [] : [`${name} was asked, and people were told ${asked} times`]),
    ...(ends === 1 ? [] : [`${name} was ${gate.outcome}, and people were told ${ends} times`]),
  ];
}

/** Nobody's time is over without a reminder before it. */
function notReminded(
  gate: GateRecord,
  { incidentId, own, rules }: { incidentId: string; own: readonly Heard[]; rules: Facts['rules'] },
): string[] {
  const { remindAfterMs, expiresAfterMs } = rules?.gates ?? { remindAfterMs: 0, expiresAfterMs: 0 };
  if (gate.outcome !== 'expired' || gate.late !== undefined) return [];
  if (remindAfterMs >= expiresAfterMs) return [];
  const isTold = own.some(({ key, state }) => state === 'reminded' && isOf(key, incidentId, gate));
  return isTold ? [] : [`${gate.gateId} attempt ${gate.attempt} expired, and nobody was reminded`];
}

function isOf(key: string, incidentId: string, { kind, attempt }: GateRecord): boolean {
  return key.startsWith(`${incidentId}:gate:${kind}:${attempt}:`);
}

/** Null where nothing is said of it, because it is asked again at once. */
function endOf({ outcome, late }: GateRecord): NoticeState | null {
  if (outcome === 'approved' || outcome === 'rejected') return 'answered';
  if (outcome === 'withdrawn') return 'withdrawn';
  return outcome === 'expired' && late === undefined ? 'expired' : null;
}

/** All of it is over, by Relight alone. */
export function endedUnasked({ incidents }: Facts): boolean {
  const isWell = ({ outcome, gates }: RecoveryRecord) =>
    outcome === 'recovered' && gates.length === 0;
  return incidents.length > 0 && incidents.every(isWell);
}

/** What Relight alone must mend ends recovered, unasked. */
function disturbed({ needsNobody, incidents }: Facts): string[] {
  if (!needsNobody) return [];
  return incidents.flatMap(({ incidentId, outcome, gates }) => [
    ...(outcome === 'recovered' ? [] : [`${incidentId} needed nobody, and is ${outcome}`]),
    ...gates.map(({ gateId }) => `${incidentId} needed nobody, and ${gateId} was asked`),
  ]);
}
