/**
 * I2: nothing trades before the steps were passed for it, and every question before it was answered.
 *
 * Invariants: an attempt of a recovery begins with its evidence; people may take up an attempt half-way, but only by
 * what they sign, which no person of a simulation does.
 */
import type { GateRecord } from '../../../workflows/domain/record.js';
import type { Call, Facts } from './facts.js';

/** Each ended well before a stage is granted. */
const BEFORE_TRADING = [
  'reconcilePositions',
  'recoverOpenOrders',
  'verifyRiskLimits',
  'measureExposure',
  'checkMarket',
];

export function stepsBeforeTrading({ calls, incidents }: Facts): string[] {
  const stages = calls.flatMap((call, at) =>
    call.activity === 'applyStage' ? [{ call, before: calls.slice(0, at) }] : [],
  );
  const missing = stages.flatMap(({ call, before }) => missingOf(call, before));
  const open = stages.flatMap(({ call }) => {
    const gates = incidents.find(({ incidentId }) => incidentId === call.incidentId)?.gates ?? [];
    return unansweredAt(call.atMs, gates);
  });
  return [...new Set([...missing, ...open])];
}

function missingOf(stage: Call, before: readonly Call[]): string[] {
  const own = before.filter(({ incidentId }) => incidentId === stage.incidentId);
  const began = own.findLastIndex(({ activity }) => activity === 'collectEvidence');
  const passed = new Set(own.slice(began + 1).map(({ activity }) => activity));
  const steps = BEFORE_TRADING.filter((activity) => !passed.has(activity));
  const started = own.findLast(({ activity }) => STARTS.includes(activity));
  const strange = started?.epoch === stage.epoch ? [] : ['a start of this epoch'];
  return [...steps, ...strange].map(
    (what) =>
      `${stage.engineId} epoch ${stage.epoch} was let trade at ${stage.atMs} without ${what}`,
  );
}

/** By us, or by a person. */
const STARTS = ['startEngine', 'awaitStarted'];

/** Each gate opened until then is approved, or overcome by a later one. */
export function unansweredAt(atMs: number, gates: readonly GateRecord[]): string[] {
  const opened = gates.filter(({ openedAtMs }) => openedAtMs < atMs);
  return opened.flatMap((gate) => {
    const name = `${gate.gateId} attempt ${gate.attempt}`;
    if ((gate.closedAtMs ?? Infinity) > atMs) return [`trading was resumed while ${name} was open`];
    if (mayGoOn(gate, opened)) return [];
    return [`trading was resumed although ${name} was ${gate.outcome}`];
  });
}

function mayGoOn(gate: GateRecord, opened: GateRecord[]): boolean {
  if (gate.outcome === 'approved' || gate.outcome === 'withdrawn') return true;
  if (wasAskedAgain(gate, opened)) return true;
  // Left alone, without an approval to adopt them: both answers go on.
  if (gate.kind === 'foreign_orders') return true;
  if (gate.kind === 'manual_recovery') return false;
  return opened.some(
    (later) => later.kind === 'manual_recovery' && later.openedAtMs >= gate.openedAtMs,
  );
}

/** Somebody had answered in time, and the next attempt is what counts. */
function wasAskedAgain({ outcome, late, gateId, attempt }: GateRecord, opened: GateRecord[]) {
  const isNext = (gate: GateRecord) => gate.gateId === gateId && gate.attempt === attempt + 1;
  return outcome === 'expired' && late !== undefined && opened.some(isNext);
}
