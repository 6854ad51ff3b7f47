/** I2: an approval covers what was shown with it, and what a dead-man switch may have cancelled is read again. */
import type { Call, Facts, Sent } from '../facts.js';

/** The highest that anybody who signed has seen, and the band above it that the rules allow. */
export function coveredByWhatWasShown({ calls, incidents, sent, rules }: Facts): string[] {
  const band = 1 + Number(rules?.risk.approvalBand ?? 0);
  const stages = calls.filter(({ activity }) => activity === 'applyStage');
  return stages.flatMap(({ incidentId, beganAtMs, epoch }) => {
    const figure = lastBefore(calls, 'measureExposure', { incidentId, beganAtMs })?.figure ?? null;
    const gates = incidents.find((record) => record.incidentId === incidentId)?.gates ?? [];
    const approved = gates.filter(
      ({ kind, outcome, closedAtMs }) =>
        kind === 'exposure' && outcome === 'approved' && (closedAtMs ?? Infinity) <= beganAtMs,
    );
    const shown = approved.flatMap((gate) => sent.filter((each) => isAt(each, gate)));
    if (figure === null || shown.length === 0 || shown.some((each) => each.figure === null))
      return [];
    const most = Math.max(...shown.map((each) => Number(each.figure))) * band;
    return Number(figure) > most
      ? [`${incidentId} epoch ${epoch} trades at an exposure of ${figure}, approved are ${most}`]
      : [];
  });
}

function isAt({ gateId, attempt }: Sent, gate: { gateId: string; attempt: number }): boolean {
  return gateId === gate.gateId && attempt === gate.attempt;
}

function lastBefore(
  calls: readonly Call[],
  activity: string,
  { incidentId, beganAtMs }: Pick<Call, 'incidentId' | 'beganAtMs'>,
): Call | undefined {
  return calls.findLast(
    (call) =>
      call.activity === activity && call.incidentId === incidentId && call.atMs <= beganAtMs,
  );
}

/** One that was armed, and that nobody has disarmed, fires before the engine starts: orders are read after it. */
export function readAfterTheSwitch({ calls, rules }: Facts): string[] {
  const starts = calls.filter(({ activity }) => activity === 'startEngine');
  return starts.flatMap((start) => {
    const own = calls.filter(
      ({ activity, incidentId, atMs, isHeard, said }) =>
        isHeard &&
        activity === 'containRisk' &&
        said !== null &&
        incidentId === start.incidentId &&
        atMs <= start.beganAtMs,
    );
    const last = own.at(-1);
    if (last?.said !== 'armed') return [];
    const firesAtMs = last.atMs + (rules?.deadManSwitchMs ?? 0);
    const read = lastBefore(calls, 'takeSnapshot', start)?.beganAtMs ?? 0;
    return read < firesAtMs
      ? [`epoch ${start.epoch} starts by orders of ${read}, and a switch fires at ${firesAtMs}`]
      : [];
  });
}
