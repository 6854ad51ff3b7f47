/**
 * I6: what people are given to recover by hand stands still: no engine of it runs, and what has traded under this
 * recovery has left no orders of its own, unless people were told that it has.
 */
import type { GateRecord, RecoveryRecord } from '../../../workflows/domain/record.js';
import type { Facts } from './facts.js';

export function handedOverStopped(facts: Facts): string[] {
  return facts.incidents.flatMap((record) => {
    const asked = record.gates.filter(({ kind }) => kind === 'manual_recovery');
    return asked.flatMap((gate) => [
      ...stillLiving(gate, facts),
      ...ordersLeft(gate, record, facts),
    ]);
  });
}

function stillLiving({ gateId, attempt, openedAtMs }: GateRecord, { lives, heard }: Facts) {
  const alarms = heard.filter(({ state }) => state === 'alarm');
  if (alarms.some(({ atMs }) => atMs <= openedAtMs)) return [];
  const living = lives.filter(
    ({ bornAtMs, diedAtMs }) => bornAtMs < openedAtMs && (diedAtMs ?? Infinity) > openedAtMs,
  );
  // Told beside the question: it names who may still run.
  const untold = living.filter(
    ({ instanceId }) => !alarms.some(({ key }) => key.endsWith(instanceId)),
  );
  return untold.map(({ instanceId }) => `${instanceId} lives as ${gateId} ${attempt} is asked`);
}

/** One that was stopped, and did not die: whoever died is contained anew. */
function ordersLeft(
  { gateId, openedAtMs }: GateRecord,
  { incidentId, crashes }: RecoveryRecord,
  { calls }: Facts,
): string[] {
  const before = calls.filter((call) => call.incidentId === incidentId && call.atMs <= openedAtMs);
  const granted = before.findLast(({ activity }) => activity === 'applyStage');
  if (granted === undefined) return [];
  if (crashes.some(({ instance }) => instance.epoch === granted.epoch)) return [];
  const isCancelled = before.some(
    ({ activity, atMs }) => activity === 'containRisk' && atMs > granted.atMs,
  );
  return isCancelled ? [] : [`${gateId} is asked, and orders of epoch ${granted.epoch} are left`];
}
