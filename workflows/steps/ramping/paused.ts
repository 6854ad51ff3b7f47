/**
 * A ramp that stays where it is on a person's word, until an approver has it go on.
 *
 * Invariants: the engine is watched all the while, and a check that fails counts as in any window; nothing is raised
 * before the gate is approved, and then the stage is watched anew, in full.
 */
import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { WindowVerdict } from '../../domain/policy/ramp.js';
import { utcText } from '../../domain/content/utc-text.js';
import { requireApproval } from '../../recovery/asking.js';
import type { Recovery } from '../../recovery/context.js';
import { publish } from '../../recovery/details.js';
import type { Desk, Order } from './desk.js';

type Failing = Extract<WindowVerdict, { kind: 'fail' | 'hard_fail' }>;

export type Waited = { kind: 'continued' } | { kind: 'told' } | { kind: 'failing'; why: Failing };

/** Seldom enough for days of it. */
const LEAST_WINDOW_MS = 60_000;

type Watch = (windowMs: number) => Promise<WindowVerdict>;

export async function untilContinued(
  recovery: Recovery,
  { desk, order, watch }: { desk: Desk; order: Order; watch: Watch },
): Promise<Waited> {
  const percent = desk.granted?.stage.percent ?? 0;
  const { by, reason, atMs } = order;
  recovery.record.rampPaused = { percent, by, reason, atMs };
  publish(recovery);
  const waited = await desk.untilTold(() => askAndWatch(recovery, { order, percent, watch }));
  delete recovery.record.rampPaused;
  publish(recovery);
  return waited.kind === 'told' ? { kind: 'told' } : waited.result;
}

async function askAndWatch(
  recovery: Recovery,
  { order, percent, watch }: { order: Order; percent: number; watch: Watch },
): Promise<Exclude<Waited, { kind: 'told' }>> {
  const scope = new CancellationScope();
  const asking = scope.run(() => requireApproval(recovery, questionOf(recovery, order, percent)));
  const watching = scope.run(() => untilFailing(recovery, watch));
  const ended: Promise<Exclude<Waited, { kind: 'told' }>> = Promise.race([
    asking.then(() => ({ kind: 'continued' as const })),
    watching.then((why) => ({ kind: 'failing' as const, why })),
  ]);
  try {
    return await ended;
  } finally {
    scope.cancel();
    await Promise.allSettled([asking, watching]);
  }
}

function questionOf({ record }: Recovery, { by, reason, atMs, lower }: Order, percent: number) {
  const did = lower === null ? 'has paused the ramp' : 'has stepped the ramp down';
  const granted = record.ramp.map((stage) => ({ ...stage })); // as it is now: a signature is bound to it
  return {
    kind: 'ramp_paused' as const,
    question: `${record.engineId} stays at ${percent} %: ${by} ${did} (${reason}). Go on?`,
    onApprove: `the window of ${percent} % is watched anew, then the ramp goes on by its own rules`,
    onReject:
      'emergency shutdown: the engine is stopped, its orders are cancelled, the manual checklist opens',
    evidence: { percent, by, reason, at: utcText(atMs), ramp: granted },
  };
}

/** Too few checks promote nothing here, and are no failure. */
async function untilFailing({ policy }: Recovery, watch: Watch): Promise<Failing> {
  const windowMs = Math.max(policy.ramp.manualMonitorMs, LEAST_WINDOW_MS);
  for (;;) {
    const timer = sleep(windowMs, { summary: 'the ramp is paused: watched meanwhile' });
    timer.catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
    const verdict = await watch(windowMs);
    if (verdict.kind === 'fail' || verdict.kind === 'hard_fail') return verdict;
    await timer;
  }
}
