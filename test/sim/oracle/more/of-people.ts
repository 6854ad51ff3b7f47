/** What people are told, and what is made of what they say: of orders that are left, of new deaths, to a ramp. */
import { instanceIdOf } from '../../../../workflows/ids.js';
import type { GateRecord } from '../../../../workflows/domain/record.js';
import type { Call, Facts, Steered } from '../facts.js';

/** States by which people hear that orders are left: by themselves, or with a question or an end. */
const TOLD_WITH = ['not_contained', 'not_recovered'];

/** I6: the recovery goes on with orders that it could not cancel as it crashed, and says so. */
export function toldOfUncontained({ calls, heard, incidents }: Facts): string[] {
  const over = incidents.filter(({ outcome }) => outcome !== 'running');
  return over.flatMap(({ incidentId }) => {
    const own = calls.filter((call) => call.incidentId === incidentId);
    const told = heard.filter((each) => each.incidentId === incidentId);
    return own
      .filter((call) => isContaining(call) && call.said === 'failed' && goesOnAfter(call, own))
      .filter(({ atMs }) => !told.some((each) => each.atMs >= atMs && tellsOf(each)))
      .map(({ epoch }) => `${incidentId} epoch ${epoch} has orders left, and nobody was told`);
  });
}

const isContaining = ({ activity, isHeard }: Call) => activity === 'containRisk' && isHeard;

function tellsOf({ state, key }: Facts['heard'][number]): boolean {
  return TOLD_WITH.includes(state) || (state === 'asked' && key.includes(':manual_recovery:'));
}

/** What comes after it in the same attempt: another one contains anew. */
function goesOnAfter(failed: Call, own: readonly Call[]): boolean {
  const later = own.filter(({ beganAtMs }) => beganAtMs >= failed.atMs);
  const next = later.find((call) => isContaining(call) && call.epoch !== failed.epoch);
  const reconciled = later.find(({ activity }) => activity === 'reconcilePositions');
  return reconciled !== undefined && reconciled.beganAtMs < (next?.beganAtMs ?? Infinity);
}

/** I6: nobody is shown a question from before a death that nobody of Relight had foreseen. */
export function askedAnew({ taken, shown, incidents, calls }: Facts): string[] {
  const strange = taken.filter(
    ({ how, instanceId }) => how === 'joined' && !isStartedByUs(instanceId, calls),
  );
  return strange.flatMap(({ sentAtMs, atMs, incidentId, instanceId }) => {
    const gates = incidents.find((record) => record.incidentId === incidentId)?.gates ?? [];
    return gates
      .filter((gate) => gate.openedAtMs < sentAtMs && lastShown(gate, shown) > atMs)
      .map((gate) => `${gate.gateId} ${gate.attempt} is shown as it was before ${instanceId} died`);
  });
}

function isStartedByUs(instanceId: string, calls: readonly Call[]): boolean {
  return calls.some(
    ({ activity, engineId, epoch }) =>
      STARTS.includes(activity) && instanceIdOf(engineId, epoch ?? 0) === instanceId,
  );
}

const STARTS = ['startEngine', 'awaitStarted'];

function lastShown({ gateId, attempt }: GateRecord, shown: Facts['shown']): number {
  const own = shown.filter((each) => each.gateId === gateId && each.attempt === attempt);
  return Math.max(0, ...own.map(({ askedAtMs }) => askedAtMs));
}

/** I8: a ramp that took the word to step down is lower as people are asked whether it may go on. */
export function steeredAsTold({ steered, calls, incidents }: Facts): string[] {
  const down = steered.filter(({ command }) => command === 'step_down');
  return down.flatMap((told) => {
    const { incidentId, sentAtMs } = told;
    const gates = incidents.find((record) => record.incidentId === incidentId)?.gates ?? [];
    const asked = gates.find(
      ({ kind, openedAtMs }) => kind === 'ramp_paused' && openedAtMs >= sentAtMs,
    );
    return asked === undefined || isLowered(told, asked, calls)
      ? []
      : [`${asked.gateId} ${asked.attempt} is asked, and nothing was lowered since ${sentAtMs}`];
  });
}

/** True, too, where another engine has begun meanwhile: to it nobody has said so. */
function isLowered(
  { incidentId, sentAtMs }: Steered,
  { openedAtMs }: GateRecord,
  calls: readonly Call[],
): boolean {
  const own = calls.filter((call) => call.incidentId === incidentId && call.atMs <= openedAtMs);
  const later = ({ beganAtMs }: Call) => beganAtMs >= sentAtMs;
  if (own.some((call) => STARTS.includes(call.activity) && later(call))) return true;
  const stages = own.filter(({ activity }) => activity === 'applyStage');
  return stages.some(
    (stage, at) => later(stage) && (stage.percent ?? 0) < (stages[at - 1]?.percent ?? 0),
  );
}
