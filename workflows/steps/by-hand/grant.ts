/**
 * Granting a stage of the ramp, by command or, where the engine offers none, by a person at a gate.
 *
 * Invariants: limits come before strategies; what a person has confirmed is not called granted by us, and its stage
 * notes who confirmed it and when; whoever was told to switch trading on may have done so, whatever the answer.
 */
import { isCancellation, patched } from '@temporalio/workflow';
import { filledIn, type ByHand } from '../../domain/engine/integration.js';
import type { RampStage } from '../../domain/policy/policy.js';
import { instanceOf, stampOf, type Recovery } from '../../recovery/context.js';
import { EmergencyShutdown, reasonOf } from '../../recovery/reasons.js';
import { confirmed } from './instruct.js';

type Granted = Pick<RampStage, 'percent' | 'strategies'>;

interface Instructed {
  limits: string | null;
  strategies: string | null;
  /** Limits that a person has set already, and confirmed. */
  done: string | null;
}

const NOBODY: Instructed = { limits: null, strategies: null, done: null };

/**
 * Before the books are compared, as a person takes time: limits, where the strategies are by command. Where both
 * are a person's, both are asked for at once, later.
 */
export async function limitsByHand(
  recovery: Recovery,
  stage: RampStage,
  last: Granted | null,
): Promise<Instructed> {
  const { integration } = recovery.input;
  if (integration === undefined) return NOBODY;
  const limits = instructionFor(integration.byHand.setLimits, stage, last);
  const strategies = instructionFor(integration.byHand.enableStrategies, stage, last);
  if (limits === null || integration.byHand.enableStrategies !== null) {
    return { limits, strategies, done: null };
  }
  const done = `${limits}: ${await confirm(recovery, stage, [limits])}`;
  return { limits: null, strategies, done };
}

/** Null where a command does it, or the very same has been done for the stage before. */
function instructionFor(text: string | null, stage: Granted, last: Granted | null): string | null {
  if (text === null) return null;
  const words = filledIn(text, stage);
  return last !== null && filledIn(text, last) === words ? null : words;
}

/** Gives the note of the stage: what of it is a person's word; empty where nothing is. */
export async function applied(
  recovery: Recovery,
  stage: RampStage,
  { limits, strategies, done }: Instructed,
): Promise<string> {
  const byHand = recovery.input.integration?.byHand ?? null;
  const only = onlyByCommand(byHand);
  const told = [limits, strategies].filter((each) => each !== null);
  // By command first: limits before a person switches strategies on.
  if (only !== 'nothing') await commandedTrading(recovery, stage, only);
  const said = told.length === 0 ? null : await confirmedTrading(recovery, stage, told);
  return [done, said].filter((each) => each !== null).join('; ');
}

function onlyByCommand(byHand: ByHand | null): 'limits' | 'strategies' | 'nothing' | undefined {
  if (byHand === null) return undefined;
  const { setLimits, enableStrategies } = byHand;
  if (setLimits !== null) return enableStrategies === null ? 'strategies' : 'nothing';
  return enableStrategies === null ? undefined : 'limits';
}

/** Failed, it may trade all the same: an attempt before may have done it, and its answer been lost. */
async function commandedTrading(...given: Parameters<typeof byCommand>): Promise<void> {
  const [, , only] = given;
  try {
    await byCommand(...given);
  } catch (error) {
    if (only === 'limits' || isCancellation(error) || !patched('lost-grants-may-trade')) {
      throw error;
    }
    throw new EmergencyShutdown(reasonOf(error));
  }
}

async function byCommand(
  recovery: Recovery,
  stage: RampStage,
  only: 'limits' | 'strategies' | undefined,
): Promise<void> {
  const { engineId, ramp } = recovery.record;
  await recovery.host.applyStage({
    engineId,
    instanceId: instanceOf(recovery),
    stage,
    ...(only !== undefined && { only }),
    ...stampOf(recovery, `ramp-${ramp.length}`),
  });
}

/** Refused or expired, it may trade all the same: that ends as one that trades. */
async function confirmedTrading(
  recovery: Recovery,
  stage: RampStage,
  told: string[],
): Promise<string> {
  try {
    return `${told.join('; ')}: ${await confirm(recovery, stage, told)}`;
  } catch (error) {
    if (isCancellation(error)) throw error;
    throw new EmergencyShutdown(reasonOf(error));
  }
}

async function confirm(recovery: Recovery, stage: RampStage, told: string[]): Promise<string> {
  const { engineId } = recovery.record;
  const by = await confirmed(recovery, {
    instructions: told,
    where: engineId,
    onApprove: `the window of ${stage.percent} % begins`,
    onReject:
      'nothing goes on: the engine is stopped, its orders are cancelled where it may have traded',
    evidence: { stage: { percent: stage.percent, strategies: stage.strategies } },
  });
  return `confirmed ${by}, not verified`;
}
