/**
 * Step 9: stage by stage back to full trading. Before each stage the engine's books are compared
 * with the venues; after it a window of checks decides: advance, step down, shut down, or ask.
 */
import { sleep } from '@temporalio/workflow';
import { controlPlane } from '../activities.js';
import type { RampStage } from '../domain/policy.js';
import { nextMove, stagesFor, type RampMove, type WindowVerdict } from '../domain/ramp.js';
import type { StepRecord } from '../domain/record.js';
import {
  EmergencyShutdown,
  instanceOf,
  requireApproval,
  stampOf,
  step,
  type Recovery,
} from '../recovery.js';

const COMPARISONS = 5;
const COMPARE_AGAIN_MS = 1_000;

export async function resumeTrading(recovery: Recovery): Promise<void> {
  const { stages, manualMonitorMs, maxStepDowns } = recovery.policy.ramp;
  const plan = stagesFor(stages, { manual: recovery.manual, manualMonitorMs });
  await step(recovery, 'ramp', async (entry) => {
    let stepDowns = 0;
    for (let stage = 0; stage < plan.length;) {
      const granted = plan[stage] as RampStage;
      await grant(recovery, entry, { stage: granted, grantNumber: recovery.record.ramp.length });
      const verdict = await observe(recovery, granted);
      const move = nextMove(verdict, { stage, stepDowns, maxStepDowns });
      if (move.kind === 'step_down') stepDowns += 1;
      stage = await follow(recovery, move, stage);
    }
    entry.detail = 'full trading';
  });
}

async function grant(
  recovery: Recovery,
  entry: StepRecord,
  { stage, grantNumber }: { stage: RampStage; grantNumber: number },
): Promise<void> {
  await booksEqualVenues(recovery);
  const { engineId } = recovery.record;
  const instanceId = instanceOf(recovery);
  const stamp = stampOf(recovery, `ramp-${grantNumber}`);
  await recovery.host.applyStage({ engineId, instanceId, stage, ...stamp });
  const { percent, strategies } = stage;
  recovery.record.ramp.push({ percent, strategies, atMs: Date.now(), note: '' });
  entry.detail = `${percent} % limits, ${strategies} risk strategies`;
}

/** The timer bounds the window in Temporal's time; the activity makes the checks within it. */
async function observe(recovery: Recovery, stage: RampStage): Promise<WindowVerdict> {
  const { checkEveryMs } = recovery.policy.ramp;
  const { percent, soakMs, monitorMs } = stage;
  if (soakMs > 0) await sleep(soakMs, { summary: `soak at ${percent} %` });
  const watching = recovery.longHost.watchEngine({
    engineId: recovery.record.engineId,
    instanceId: instanceOf(recovery),
    windowMs: Math.max(monitorMs, checkEveryMs), // even without a window: one check
    everyMs: checkEveryMs,
  });
  if (monitorMs === 0) return watching;
  const window = sleep(monitorMs, { summary: `monitor at ${percent} %` });
  const [verdict] = await Promise.all([watching, window]);
  return verdict;
}

async function follow(recovery: Recovery, move: RampMove, stage: number): Promise<number> {
  switch (move.kind) {
    case 'advance':
      return stage + 1;
    case 'step_down':
      recovery.record.ramp.at(-1)!.note = `stepped down: ${move.why}`;
      return move.to;
    case 'shut_down':
      throw new EmergencyShutdown(`emergency shutdown during the ramp: ${move.why}`);
    case 'ask':
      await requireApproval(recovery, {
        kind: 'ramp',
        question: `The monitoring window is inconclusive (${move.why}). Repeat it?`,
        onApprove: 'the same stage is watched again; it is not skipped',
        onReject: 'emergency shutdown, and the manual checklist opens',
        evidence: { stage, why: move.why },
      });
      return stage;
  }
}

/** The engine trades meanwhile, so a difference counts only when it stays. */
async function booksEqualVenues(recovery: Recovery): Promise<void> {
  const { engineId } = recovery.record;
  const { tolerance, fillOverlapMs } = recovery.policy.reconciliation;
  for (let comparison = 1; ; comparison += 1) {
    const sinceMs = Date.now() - fillOverlapMs;
    const state = await recovery.host.readEngineState({ engineId });
    const books = { engineId, state, sinceMs, tolerance };
    const { differing } = await controlPlane.compareBooks(books);
    if (differing.length === 0) return;
    if (comparison === COMPARISONS) {
      const what = differing.join(', ');
      throw new EmergencyShutdown(`the engine's books differ from the venues: ${what}`);
    }
    await sleep(COMPARE_AGAIN_MS, { summary: 'books differ: compare again' });
  }
}
