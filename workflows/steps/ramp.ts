/**
 * Step 9: stage by stage back to full trading. Before each stage the engine's books are compared
 * with the venues; after it a window of checks decides: advance, step down, shut down, or ask.
 *
 * Invariant: an attempt goes by the stages that it granted itself: those of an earlier one were another
 * engine's.
 */
import { isCancellation, patched, sleep } from '@temporalio/workflow';
import { thorough } from '../calls.js';
import { capabilityWords, type Capability } from '../domain/engine/integration.js';
import type { RampStage } from '../domain/policy/policy.js';
import {
  nextMove,
  stagesFor,
  type Place,
  type RampMove,
  type WindowVerdict,
} from '../domain/policy/ramp.js';
import { LOOKS, afterLook, stayingIn } from '../domain/reconciliation/persistence.js';
import type { StepRecord } from '../domain/record.js';
import { requireApproval } from '../recovery/asking.js';
import { instanceOf, type Recovery } from '../recovery/context.js';
import { tellOfTrading } from '../recovery/engine-life.js';
import {
  BooksDiffer,
  EmergencyShutdown,
  ManualRecoveryNeeded,
  reasonOf,
} from '../recovery/reasons.js';
import { step } from '../recovery/step.js';
import { applied, limitsByHand } from './by-hand/grant.js';
import { Desk } from './ramping/desk.js';
import { untilContinued } from './ramping/paused.js';
import type { StillHolds } from './readiness.js';
import { untilReadable } from './snapshot.js';

const COMPARE_AGAIN_MS = 1_000;
const NAMED = 20;
const IN_RAMP: readonly Capability[] = ['quickHealth', 'state', 'setLimits', 'enableStrategies'];
/** After the first grant the windows of the ramp tell. */
const alwaysHolds: StillHolds = async () => true;

/** `manual`: a person has taken over: the first window and that of full trading are the long ones. */
export async function resumeTrading(
  recovery: Recovery,
  manual: boolean,
  stillHolds: StillHolds,
): Promise<void> {
  const { stages, manualMonitorMs } = recovery.policy.ramp;
  const before = stagesOfOthers(recovery);
  const closely = manual && patched('watches-full-trading');
  const plan = stagesFor(stages, { manual, manualMonitorMs, closely });
  const desk = new Desk(plan);
  await step(recovery, 'ramp', async (entry) => {
    recovery.ramp = desk;
    try {
      await climb(recovery, { entry, before, stillHolds, desk }, plan);
    } catch (error) {
      // From the first grant on it trades: whatever stops it then must not leave its orders behind.
      const traded = recovery.record.ramp.length > before;
      if (isCancellation(error) || !traded || error instanceof EmergencyShutdown) throw error;
      throw new EmergencyShutdown(reasonOf(error));
    } finally {
      recovery.ramp = null;
      delete recovery.record.rampPaused;
    }
    entry.detail = `full trading${unverifiedWords(recovery)}`;
  });
}

/** What no window and no comparison of this ramp could look at. */
function unverifiedWords({ input: { integration } }: Recovery): string {
  const open = integration?.lines.filter(({ capability }) => IN_RAMP.includes(capability)) ?? [];
  return open.map((line) => `; ${capabilityWords(line)}`).join('');
}

/** How many stages earlier attempts granted; none in the replay of what ran when all counted as one's own. */
function stagesOfOthers({ record: { ramp } }: Recovery): number {
  return ramp.length > 0 && patched('ramp-of-its-own') ? ramp.length : 0;
}

interface Climb {
  entry: StepRecord;
  /** Stages that earlier attempts granted. */
  before: number;
  stillHolds: StillHolds;
  desk: Desk;
}

async function climb(
  recovery: Recovery,
  climbing: Climb,
  plan: readonly RampStage[],
): Promise<void> {
  const { desk } = climbing;
  const { maxStepDowns } = recovery.policy.ramp;
  let { stillHolds } = climbing;
  let stepDowns = 0;
  let place: Place | null = placeIn(plan, 0);
  while (place !== null) {
    const isRaised: boolean =
      desk.granted === place || (await grant(recovery, { ...climbing, stillHolds }, place));
    if (isRaised) stillHolds = alwaysHolds;
    const verdict: WindowVerdict | null = await verdictAt(recovery, climbing);
    place = desk.granted ?? place; // people may have had it go down meanwhile
    if (verdict === null) continue; // the same stage is watched anew
    const move = nextMove(verdict, { stage: place.index, stepDowns, maxStepDowns });
    if (move.kind === 'step_down') stepDowns += 1;
    place = await follow(recovery, move, { place, plan, desk });
  }
}

/** Null where people have had it stay, and then go on. */
async function verdictAt(recovery: Recovery, climbing: Climb): Promise<WindowVerdict | null> {
  const { desk } = climbing;
  if (desk.order === null) {
    const { granted } = desk;
    if (granted === null) throw new ManualRecoveryNeeded('nothing was granted');
    const seen = await desk.untilTold(() => observe(recovery, granted.stage));
    if (seen.kind === 'done') return seen.result;
  }
  return staysWhereItIs(recovery, climbing);
}

/** Gives a check that failed meanwhile; the order stands then. */
async function staysWhereItIs(recovery: Recovery, climbing: Climb): Promise<WindowVerdict | null> {
  const { desk } = climbing;
  const { engineId } = recovery.record;
  const watch = (windowMs: number) =>
    recovery.longHost.watchEngine({
      engineId,
      instanceId: instanceOf(recovery),
      windowMs,
      everyMs: recovery.policy.ramp.checkEveryMs,
    });
  for (;;) {
    const order = desk.heeded();
    if (order === null) return null;
    const { lower, by, reason } = order;
    if (lower !== null && lower.stage.percent < (desk.granted?.stage.percent ?? 0)) {
      noteStepDown(recovery, `${by}: ${reason}`);
      await grant(recovery, climbing, lower);
    }
    const waited = await untilContinued(recovery, { desk, order, watch });
    if (waited.kind === 'failing') return waited.why;
    if (waited.kind === 'continued') desk.order = null;
  }
}

function placeIn(plan: readonly RampStage[], index: number): Place | null {
  const stage = plan[index];
  return stage === undefined ? null : { index, stage };
}

/**
 * Going up, the books are compared first; going down, the limits come first. False where people have had it stay
 * before it went up.
 */
async function grant(
  recovery: Recovery,
  { entry, before, stillHolds, desk }: Climb,
  place: Place,
): Promise<boolean> {
  const { stage } = place;
  const { ramp } = recovery.record;
  const own = ramp.slice(before);
  const lowering = (own.at(-1)?.percent ?? 0) > stage.percent;
  const byHand = await limitsByHand(recovery, stage, own.at(-1) ?? null);
  if (!lowering) {
    const compared = await desk.untilTold(async () => {
      do await booksEqualVenues(recovery);
      while (!(await stillHolds())); // people were asked meanwhile
    });
    if (compared.kind === 'told') return false;
  }
  if (ramp.length === 0) await tellOfTrading(recovery); // before it trades, and not after
  const { killSwitch } = recovery;
  if (killSwitch !== null) throw new ManualRecoveryNeeded(`kill switch: ${killSwitch.reason}`);
  const note = await applied(recovery, stage, byHand);
  const { percent, strategies } = stage;
  ramp.push({ percent, strategies, atMs: Date.now(), note });
  desk.granted = place;
  entry.detail = `${percent} % limits, ${strategies} risk strategies`;
  if (lowering) await booksEqualVenues(recovery);
  return true;
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

/** Null where the ramp is at its end. */
async function follow(
  recovery: Recovery,
  move: RampMove,
  { place, plan, desk }: { place: Place; plan: readonly RampStage[]; desk: Desk },
): Promise<Place | null> {
  switch (move.kind) {
    case 'advance':
      return placeIn(plan, place.index + 1);
    case 'step_down':
      noteStepDown(recovery, move.why);
      return placeIn(plan, move.to);
    case 'shut_down':
      throw new EmergencyShutdown(`emergency shutdown during the ramp: ${move.why}`);
    case 'ask': {
      const asked = await desk.untilTold(() => askToRepeat(recovery, move.why, place));
      return asked.kind === 'told' ? place : { ...place };
    }
  }
}

async function askToRepeat(recovery: Recovery, why: string, { index }: Place): Promise<void> {
  await requireApproval(recovery, {
    kind: 'ramp',
    question: `The monitoring window is inconclusive (${why}). Repeat it?`,
    onApprove: 'the same stage is watched again; it is not skipped',
    onReject: 'emergency shutdown, and the manual checklist opens',
    evidence: { stage: index, why },
  });
}

function noteStepDown({ record }: Recovery, why: string): void {
  record.ramp.at(-1)!.note = `stepped down: ${why}`;
}

/** The engine trades meanwhile, so a difference counts only when it stays. */
async function booksEqualVenues(recovery: Recovery): Promise<void> {
  let stays: string[] | null = null;
  for (let looks = 0; ;) {
    const again = looks > 0;
    const { differing, orders, unread } = await compareOnce(recovery, again);
    if (unread.length > 0) {
      await askAboutUnread(recovery, unread, again);
      continue;
    }
    stays = stays === null ? orders : stayingIn(stays, orders, { idOf: (order) => order });
    looks += 1;
    const differs = differing.length > 0 || stays.length > 0;
    const after = afterLook({ looks, differs }, LOOKS.ramp);
    if (after === 'agrees') return;
    if (after === 'differs') {
      const what = [...differing, ...stays].slice(0, NAMED).join(', ');
      throw new BooksDiffer(`the engine's books differ from the venues: ${what}`, stays.length > 0);
    }
    await sleep(COMPARE_AGAIN_MS * 2 ** (looks - 1), { summary: 'books differ: look again' });
  }
}

async function compareOnce(recovery: Recovery, again: boolean) {
  const { engineId } = recovery.record;
  const { tolerance, dustNotional } = recovery.policy.reconciliation;
  const reading = readingOf(recovery, again);
  const { tells, ...state } = await recovery.host.readEngineState({ engineId });
  if (tells?.nothing === true) return nothingCompared(recovery);
  const told = tells === undefined ? {} : { tells };
  return thorough.compareBooks({ engineId, state, tolerance, dustNotional, ...told, ...reading });
}

/** Of an engine that tells nothing of what it holds: no difference is known, and none is ruled out. */
function nothingCompared({ record }: Recovery) {
  const words = 'UNVERIFIED before each stage: what the engine holds, of which it tells nothing';
  record.unknowns = [...new Set([...record.unknowns, words])];
  return { differing: [], orders: [], unread: [] };
}

/** What differs once is looked at with all that the venues can tell. */
function readingOf({ policy }: Recovery, again: boolean) {
  return { sinceMs: Date.now() - policy.reconciliation.fillOverlapMs, thorough: again };
}

/** What could not be read is no difference: the stage stays as it is until it can be read. */
async function askAboutUnread(recovery: Recovery, unread: string[], again: boolean): Promise<void> {
  await untilReadable(recovery, {
    venues: unread,
    question:
      `${unread.join(', ')} cannot be read before the next stage, which stays as it is. ` +
      'It goes on by itself when they answer. Read again now?',
    onReject: 'the engine is stopped, its orders are cancelled where it has traded',
    evidence: { unread },
    reading: { ...readingOf(recovery, again), live: true },
  });
}
