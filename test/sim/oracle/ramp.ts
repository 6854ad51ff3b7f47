/**
 * I8: what is granted, against the stages that the rules allow; what is traded, against what was granted.
 *
 * Invariants: a stage is granted once by its key, whoever tries it again; an epoch begins at the lowest stage; the next
 * one follows a window of its own that was heard to pass, not sooner than the rules say, after the books were compared.
 */
import type { RampStage, RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import type { Fault } from '../faults/plan.js';
import type { Call, Facts } from './facts.js';

/** Never above what was granted last, to that epoch. */
export function withinGrant({ trading, granted }: Facts): string[] {
  return trading.flatMap(({ atMs, engineId, epoch, percent }) => {
    const last = granted.findLast(
      (grant) => grant.engineId === engineId && grant.epoch === epoch && grant.atMs <= atMs,
    );
    const most = last?.percent ?? 0;
    return percent > most
      ? [`${engineId} epoch ${epoch} trades at ${percent} % at ${atMs}, granted are ${most} %`]
      : [];
  });
}

export function stageByStage(facts: Facts): string[] {
  const { calls, rules, incidents } = facts;
  if (rules === null) return [];
  const byPeople = saidToLower(facts);
  const most = rules.ramp.maxStepDowns + byPeople;
  return incidents.flatMap((record) => {
    const own = calls.filter(({ incidentId }) => incidentId === record.incidentId);
    const grants = grantsAmong(own);
    const epochs = [...new Set(grants.map(({ epoch }) => epoch))];
    const wrong = epochs.flatMap((epoch) => {
      const climb = grants.filter((grant) => grant.epoch === epoch);
      return [
        ...climbed(climb, { record, rules, own, byPeople }),
        ...loweredTooOften(climb, most),
        ...againstTheSwitch(climb, record),
      ];
    });
    return [...wrong, ...endedBelow(record, { rules, grants, own })];
  });
}

/** What somebody has tried may have been taken, whatever they heard of it. */
function saidToLower({ happened, steered }: Facts): number {
  const isTried = ({ kind, what }: Fault) => kind === 'operator' && what === 'step_down';
  const taken = steered.filter(({ command }) => command === 'step_down');
  return Math.max(happened.filter(isTried).length, taken.length);
}

/** The first that ended well by each key. */
function grantsAmong(own: readonly Call[]): Call[] {
  const stages = own.filter(({ activity }) => activity === 'applyStage');
  return stages.filter((call, at) => stages.findIndex(({ key }) => key === call.key) === at);
}

/** By itself; people may lower it whenever they want. */
function loweredTooOften(climb: readonly Call[], most: number) {
  const lowered = climb.filter(({ percent }, at) => (percent ?? 0) < (climb[at - 1]?.percent ?? 0));
  return lowered.length > most
    ? [`epoch ${climb[0]?.epoch} was lowered ${lowered.length} times, and ${most} are allowed`]
    : [];
}

/** One may be on its way; two are not. */
function againstTheSwitch(climb: readonly Call[], { killSwitch }: RecoveryRecord): string[] {
  const later = climb.filter(({ beganAtMs }) => beganAtMs > (killSwitch?.atMs ?? Infinity));
  return later.length > 1
    ? [`epoch ${later[0]?.epoch} was granted ${later.length} stages against the kill switch`]
    : [];
}

interface Climbing {
  record: RecoveryRecord;
  rules: RecoveryPolicy;
  own: readonly Call[];
  /** How often people said that it is to be lowered. */
  byPeople: number;
}

function climbed(climb: readonly Call[], climbing: Climbing): string[] {
  return climb.flatMap((grant, at) => {
    const before = climb[at - 1];
    const why =
      before === undefined ? tooHigh(grant, climbing) : tooSoon(grant, { before, ...climbing });
    return why === null ? [] : [`epoch ${grant.epoch} was granted ${grant.percent} % ${why}`];
  });
}

function tooHigh({ percent }: Call, { rules }: Climbing): string | null {
  const lowest = rules.ramp.stages[0]?.percent ?? 0;
  return (percent ?? 0) > lowest ? `at first, and the lowest stage is ${lowest} %` : null;
}

function tooSoon(grant: Call, { before, ...climbing }: Climbing & { before: Call }): string | null {
  const { stages } = climbing.rules.ramp;
  const between = climbing.own.filter(
    ({ beganAtMs, atMs }) => beganAtMs >= before.atMs && atMs <= grant.beganAtMs,
  );
  const [now, then] = [grant.percent ?? 0, before.percent ?? 0];
  // Lowered by people it needs no window.
  if (now < then && climbing.byPeople > 0) return null;
  const windows = between.filter(isWindow);
  const window = windows.at(-1);
  if (window === undefined) return `after ${before.percent} %, which nobody watched`;
  if (now <= then) return null;
  const bad = [window, ...windows].find(({ said }) => said !== 'pass' && said !== 'inconclusive');
  if (window.said !== 'pass') return `after a window that was ${window.said}`;
  if (bad !== undefined) return `after a window that was ${bad.said}, and nothing was lowered`;
  const at = stages.findIndex(({ percent }) => percent === then);
  if (now > (stages[at + 1]?.percent ?? 0)) return `after ${then} %, which leaves stages out`;
  if (!between.some(({ activity }) => activity === 'compareBooks')) return 'without its books';
  const leastMs = leastOf(stages[at], { ...climbing, atMs: before.atMs, isFirst: at === 0 });
  const lastedMs = grant.beganAtMs - before.atMs;
  return lastedMs < leastMs ? `${lastedMs} ms after ${then} %, and not ${leastMs}` : null;
}

/** Of which the ramp has heard: one whose answer was lost is watched again, and what that says is what counts. */
function isWindow({ activity, isHeard }: Call): boolean {
  return activity === 'watchEngine' && isHeard;
}

/** How long a stage lasts; where people have taken over, the first is watched for longer. */
function leastOf(
  stage: RampStage | undefined,
  { rules, record, atMs, isFirst }: Climbing & { atMs: number; isFirst: boolean },
): number {
  const { soakMs = 0, monitorMs = 0 } = stage ?? {};
  const isManual = record.gates.some(
    ({ kind, outcome, closedAtMs }) =>
      kind === 'manual_recovery' && outcome === 'approved' && (closedAtMs ?? Infinity) <= atMs,
  );
  return soakMs + (isManual && isFirst ? rules.ramp.manualMonitorMs : monitorMs);
}

/** What is told as recovered trades fully, and was watched as it did. */
function endedBelow(
  { incidentId, outcome, epoch }: RecoveryRecord,
  { rules, grants, own }: Pick<Climbing, 'rules' | 'own'> & { grants: readonly Call[] },
): string[] {
  if (outcome !== 'recovered') return [];
  const last = grants.at(-1);
  const full = rules.ramp.stages.at(-1)?.percent;
  if (last?.percent !== full || last?.epoch !== epoch) {
    const what = `${last?.percent ?? 0} % of epoch ${last?.epoch ?? 'none'}`;
    return [`${incidentId} is told as recovered with ${what}`];
  }
  const window = own.findLast((call) => isWindow(call) && call.beganAtMs >= last.atMs);
  return window?.said === 'pass'
    ? []
    : [`${incidentId} is told as recovered after a window that was ${window?.said ?? 'none'}`];
}

/** What was granted last is what it trades by, where nothing has befallen it since. */
export function fullAtTheEnd({ incidents, trading, lives }: Facts): string[] {
  const newest = incidents.toSorted((one, other) => one.startedAtMs - other.startedAtMs).at(-1);
  if (newest?.outcome !== 'recovered' || trading.length === 0) return [];
  const { epoch, incidentId, endedAtMs } = newest;
  const isThere = lives.some((life) => life.epoch === epoch && life.diedAtMs === null);
  const later = trading.filter(({ atMs }) => atMs > (endedAtMs ?? Infinity));
  if (!isThere || later.some((share) => share.epoch === epoch && share.percent > 0)) return [];
  return [`${incidentId} is told as recovered, and epoch ${epoch} does not trade`];
}
