/**
 * I2: what the procedure found doubtful was answered by people, or found to be well by a later look, before anything
 * traded.
 */
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import type { GateRecord } from '../../../workflows/domain/record.js';
import type { Call, Facts } from './facts.js';

export function doubtsAnswered({ calls, incidents }: Facts): string[] {
  const stages = calls.filter(({ activity }) => activity === 'applyStage');
  const found = stages.flatMap((stage) => {
    const gates = incidents.find(({ incidentId }) => incidentId === stage.incidentId)?.gates ?? [];
    const own = calls.filter(
      ({ incidentId, atMs }) => incidentId === stage.incidentId && atMs <= stage.beganAtMs,
    );
    return doubtsLeft(own, gates.filter(isPassedBy(stage.beganAtMs)));
  });
  return [...new Set(found)];
}

export const isPassedBy = (atMs: number) => (gate: GateRecord) =>
  gate.outcome === 'approved' && (gate.closedAtMs ?? Infinity) <= atMs;

/** The last look of each kind is what counts. */
function doubtsLeft(own: readonly Call[], approved: readonly GateRecord[]): string[] {
  const last = new Map<string, Call>();
  for (const call of own) last.set(lookOf(call), call);
  return [...last.values()].flatMap(({ activity, doubt, incidentId, atMs }) => {
    if (doubt === null) return [];
    const isAnswered = approved.some(
      ({ kind, closedAtMs }) =>
        kind === doubt || (kind === 'manual_recovery' && (closedAtMs ?? 0) >= atMs),
    );
    if (isAnswered) return [];
    return [
      `${incidentId} trades, and ${activity} had found what only people may answer: ${doubt}`,
    ];
  });
}

/** A market that opens again was looked at by another activity. */
function lookOf({ activity }: Call): string {
  return activity === 'awaitMarketOpen' ? 'checkMarket' : activity;
}

/** What people were asked meanwhile may have taken long: exposure and market are looked at after it. */
export function lookedAgain({ calls, incidents }: Facts): string[] {
  return incidents.flatMap(({ incidentId, gates }) => {
    const own = calls.filter((call) => call.incidentId === incidentId);
    const firsts = own.filter(
      ({ activity, epoch }, at) =>
        activity === 'applyStage' &&
        !own.slice(0, at).some((call) => call.activity === activity && call.epoch === epoch),
    );
    return firsts.flatMap((stage) => staleLooks(stage, { own, gates }));
  });
}

function staleLooks(
  { beganAtMs, incidentId, epoch }: Call,
  { own, gates }: { own: readonly Call[]; gates: readonly GateRecord[] },
): string[] {
  const closed = gates.map(({ closedAtMs }) => closedAtMs ?? Infinity);
  const lastMs = Math.max(0, ...closed.filter((atMs) => atMs <= beganAtMs));
  return LOOKS.flatMap((look) => {
    const last = own.findLast(({ activity, atMs }) => activity === look && atMs <= beganAtMs);
    return last === undefined || last.beganAtMs >= lastMs
      ? []
      : [`${incidentId} epoch ${epoch} trades by a ${look} from before people were asked`];
  });
}

/** What was done to the world, or stands in the rules, and what people must be asked of it before anything trades. */
const DEMANDS: Readonly<Record<string, GateKind>> = {
  'money that nothing explains': 'discrepancies',
  'money is missing': 'discrepancies',
  'no cause is automatic': 'automatic_recovery',
  'no checkpoint is left': 'unknown_breaker',
};

/** Then what the venues hold is what is believed. */
const NO_CHECKPOINT = 'no checkpoint is left';

/** By what has happened, and not by what Relight says that it found. */
export function demandsAsked({ happened, calls, incidents, tellsTransfers }: Facts): string[] {
  const firstMs = calls.find(({ activity }) => activity === 'applyStage')?.beganAtMs;
  if (firstMs === undefined) return [];
  const approved = incidents.flatMap(({ gates }) => gates).filter(isPassedBy(firstMs));
  const kinds = new Set(approved.map(({ kind }) => kind));
  const nothingToCompare = tellsTransfers || happened.some(({ what }) => what === NO_CHECKPOINT);
  // What was removed may be there again.
  const cameBack = happened.some(({ kind }) => kind === 'power_cut');
  return happened.flatMap(({ what }) => {
    if (nothingToCompare && DEMANDS[what] === 'discrepancies') return [];
    if (what === NO_CHECKPOINT && cameBack) return [];
    const demanded = DEMANDS[what];
    if (demanded === undefined || kinds.has(demanded) || kinds.has('manual_recovery')) return [];
    return [`it trades at ${firstMs}, and nobody was asked about ${demanded}: ${what}`];
  });
}

const LOOKS = ['measureExposure', 'checkMarket'];
