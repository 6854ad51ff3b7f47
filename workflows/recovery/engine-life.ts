/**
 * The engine's life under a recovery: stopping the instances that did not pass, and the epoch of the
 * next. The guardian learns of both, or it would take what we stopped for a crash.
 *
 * Invariant: what could not be stopped may still live; people are alarmed, and every later stop
 * tries it again.
 */
import { getExternalWorkflowHandle, isCancellation, patched } from '@temporalio/workflow';
import type { CrashReport } from '../domain/crash/report.js';
import { nextEpoch } from '../domain/engine/epochs.js';
import { shutdownCommand } from '../domain/notices/shutdown-command.js';
import type { RecoveryOutcome } from '../domain/record.js';
import * as messages from '../messages.js';
import { instanceOf, stampOf, type Recovery } from './context.js';
import { namesEachFact } from './gates/plain-words.js';
import { notice } from './notices.js';
import { reasonOf } from './reasons.js';

/**
 * Never fails: what became of the engine is told in words. They are part of the evidence of a gate, so
 * that a signature covers them: other words for the same would refuse a decision that is replayed.
 */
export async function stopEngine(recovery: Recovery): Promise<string> {
  const { instances } = recovery;
  // The newest first: it may be the one that answers where an older one is asked for.
  const living = instances.mayLive();
  if (living.length === 0) return 'no engine had been started';
  for (const instanceId of living) instances.stopping(instanceId);
  await tellGuardian(recovery);
  const told: string[] = [];
  for (const instanceId of living) told.push(await stopInstance(recovery, instanceId));
  return told.join('; ');
}

async function stopInstance(recovery: Recovery, instanceId: string): Promise<string> {
  const { instances, longHost, record } = recovery;
  const ofThisAttempt = instanceId === instanceOf(recovery);
  const which = ofThisAttempt ? '' : `${instanceId}: `;
  try {
    const { detail } = await longHost.stopEngine({
      engineId: record.engineId,
      instanceId,
      mode: 'emergency',
      ...stampOf(recovery, ofThisAttempt ? 'stop' : `stop-${instanceId}`),
    });
    instances.gone(instanceId);
    // An agent of an earlier version does not name it.
    return detail.startsWith(instanceId) ? detail : `${which}${detail}`;
  } catch (error) {
    const text = `${reasonOf(error)}. Run: ${byPeople(recovery)}`;
    if (!isCancellation(error) && staysUntilGone()) alarm(recovery, instanceId, text);
    return `${which}THE ENGINE COULD NOT BE STOPPED: ${text}`;
  }
}

/** How people stop what we could not. */
function byPeople({ input, record }: Recovery): string {
  const command = namesEachFact() ? shutdownCommand(record.engineId) : 'relight shutdown';
  const byHand = input.integration?.byHand.shutdown ?? null;
  return byHand === null ? command : `${command}, or by hand: ${byHand}`;
}

function alarm(recovery: Recovery, instanceId: string, text: string): void {
  const { engineId, epoch } = recovery.record;
  notice(recovery, {
    severity: 'critical',
    state: 'alarm',
    title: `${engineId}: THE ENGINE MAY STILL RUN: ${instanceId} could not be stopped`,
    text,
    key: `stop-failed:e${epoch}:${instanceId}`,
  });
}

/** What this recovery started and nobody has seen gone, in words; null where there is none. */
export function stillLiving({ instances }: Recovery): string | null {
  const living = instances.mayLive();
  return living.length === 0 ? null : `THE ENGINE MAY STILL RUN: ${living.join(', ')}`;
}

/** Once more where a stop has failed before; null where nothing is left to stop. */
export async function stopWhatIsLeft(recovery: Recovery): Promise<string | null> {
  const isLeft = recovery.instances.mayLive().length > 0;
  return isLeft && staysUntilGone() ? stopEngine(recovery) : null;
}

/** False in the replay of what ran when a new attempt forgot the instances of the one before. */
function staysUntilGone(): boolean {
  return patched('may-live-until-gone');
}

export async function raiseEpoch(recovery: Recovery): Promise<void> {
  const { record, instances } = recovery;
  // An instance that somebody else started may have come further than we have.
  const seen = record.crashes.map(({ instance }) => instance.epoch);
  record.epoch = nextEpoch(record.epoch, seen);
  if (instances.mayLive().length > 0 && !staysUntilGone()) instances.allGone();
  await tellGuardian(recovery);
}

/** From the first grant on: whoever goes on for us must not leave its orders behind. */
export async function tellOfTrading(recovery: Recovery): Promise<void> {
  recovery.traded = true;
  if (patched('tells-of-trading')) await tellGuardian(recovery, { trading: true });
}

/** It remembers of what the engine dies, for the incidents to come. */
export async function tellOfDeaths(recovery: Recovery): Promise<void> {
  await tellGuardian(recovery);
}

/** All is done but to write and to tell of it: a crash that has come meanwhile waits for neither. */
export async function tellThatItIsOver(
  recovery: Recovery,
  outcome: RecoveryOutcome,
  unhandled: CrashReport,
): Promise<void> {
  const { workflowId } = recovery.record;
  await tellGuardian(recovery, { over: { workflowId, outcome, unhandled } });
}

/** The guardian must know what we stopped and how far the epoch has come, even if we die. */
async function tellGuardian(
  { input, record, instances, deaths }: Recovery,
  more: Pick<messages.RecoveryProgress, 'trading' | 'over'> = {},
): Promise<void> {
  const guardian = getExternalWorkflowHandle(input.guardianId);
  await guardian
    .signal(messages.recoveryProgress, {
      epoch: record.epoch,
      stopped: [...instances.stopped],
      ...more,
      ...(deaths.length > 0 && { deaths }),
    })
    .catch(() => undefined); // it learns the same from our result
}
