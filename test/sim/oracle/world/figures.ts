/**
 * I2, by figures of the ledger and by the limits of the rules: nothing is let trade beyond them, unless people were
 * asked about that.
 *
 * Invariant: a figure is beyond its limit only where it was at each look between the snapshot and the measure that a
 * recovery goes by, because markets move.
 */
import { decimal } from '../../../../sandbox/venues/decimal.js';
import type { GateKind } from '../../../../workflows/domain/content/gate-kind.js';
import { isPassedBy } from '../doubted.js';
import type { Call, Facts } from '../facts.js';

export function figuresAllow(facts: Facts): string[] {
  return [...exposureAsked(facts), ...allLimited(facts), ...stoppedByLoss(facts)];
}

function exposureAsked(facts: Facts): string[] {
  const { calls } = facts;
  return calls.flatMap((stage, at) => {
    const isOf = ({ activity, epoch }: Call) => activity === 'applyStage' && epoch === stage.epoch;
    if (!isOf(stage) || calls.slice(0, at).some(isOf)) return [];
    const why = beyondExposure(stage, facts);
    if (why === null || wereAsked(facts, stage.beganAtMs, 'exposure')) return [];
    return [`epoch ${stage.epoch} was let trade, and nobody was asked about its exposure: ${why}`];
  });
}

function beyondExposure(stage: Call, { calls, held, rules }: Facts): string | null {
  const before = calls.filter(
    ({ incidentId, atMs }) => incidentId === stage.incidentId && atMs <= stage.beganAtMs,
  );
  const last = (activity: string) => before.findLast((call) => call.activity === activity);
  const [snapshot, measure] = [last('takeSnapshot'), last('measureExposure')];
  if (snapshot === undefined || measure === undefined || rules === null) return null;
  const seen = held.filter(({ atMs }) => atMs >= snapshot.beganAtMs && atMs <= measure.atMs);
  const { maxExposure } = rules.risk;
  if (seen.length === 0) return null;
  if (seen.every(({ unpriced }) => unpriced.length > 0)) {
    return `nothing prices ${seen.at(-1)?.unpriced.join(', ')}`;
  }
  const isHigh = seen.every(({ total }) => decimal(total).gt(maxExposure));
  return isHigh ? `it is ${seen.at(-1)?.total}, and ${maxExposure} are allowed` : null;
}

function wereAsked({ incidents }: Facts, beforeMs: number, kind: GateKind): boolean {
  const approved = incidents.flatMap(({ gates }) => gates).filter(isPassedBy(beforeMs));
  return approved.some((gate) => gate.kind === kind || gate.kind === 'manual_recovery');
}

/** A wrong limit cannot be approved away. */
function allLimited({ unlimited }: Facts): string[] {
  return unlimited.flatMap(({ epoch, atMs, names }) =>
    names.map((name) => `epoch ${epoch} was granted trading at ${atMs} without its limit ${name}`),
  );
}

/** Whoever is handed a loss beyond the limit never trades; people may say that nothing had latched. */
function stoppedByLoss(facts: Facts): string[] {
  const { placed, rules } = facts;
  const most = rules?.risk.limits['maxDailyLoss'];
  if (most === undefined) return [];
  const beyond = placed.filter(
    ({ dayResult, atMs }) =>
      decimal(dayResult).lt(decimal(most).negated()) && !wereAsked(facts, atMs, 'unknown_breaker'),
  );
  return beyond
    .slice(0, 1)
    .map(
      ({ order, epoch, dayResult }) =>
        `epoch ${epoch} places ${order} with a day of ${dayResult}, and its limit is ${most}`,
    );
}

/** Begun by people from what its venues tell, it knows nothing of what the day was before. */
const WITHOUT_MEMORY = /^by-hand-/;

/** I4. What people took as it is, and nothing explains, has no result that could be told. */
export function dayAsEarned({ day, incidents, lives }: Facts): string[] {
  if (day === null || decimal(day.believed).eq(day.earned)) return [];
  if (lives.some(({ instanceId }) => WITHOUT_MEMORY.test(instanceId))) return [];
  const gates = incidents.flatMap((record) => record.gates);
  const isTaken = gates.some(
    ({ kind, outcome }) => kind === 'discrepancies' && outcome === 'approved',
  );
  if (isTaken) return [];
  return [`the engine has a result of the day of ${day.believed}, the ledger of ${day.earned}`];
}
