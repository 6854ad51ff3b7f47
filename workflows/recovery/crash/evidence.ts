/**
 * Evidence of a crash: what names its cause is waited for, and the rest is gathered beside the next steps.
 *
 * Invariants: nothing starts an engine, which writes over what another has left, before all is gathered; what
 * cannot be had is missing evidence, and stops no recovery; of a crash that died elsewhere all is waited for.
 */
import { CancellationScope, condition, patched } from '@temporalio/workflow';
import type { Analysis, EvidenceInput } from '../../contract/index.js';
import { completeEvidence } from '../../domain/crash/evidence.js';
import type { Recovery } from '../context.js';
import { collectFrom, isLeftBehind } from './left-behind.js';
import { reasonOf } from '../reasons.js';

/** For a report of what has ended: nobody waits longer for what explains it. */
const LAST_WAIT = '1m';

/** Not awaited on its way: recoveries at work keep the order of their commands. */
export function collectEvidence(recovery: Recovery, input: EvidenceInput): Promise<Analysis> {
  const isCompleted = !isLeftBehind(recovery, input.report) && patched('evidence-beside');
  return collectFrom(recovery, isCompleted ? { ...input, isCompleted } : input);
}

/** What is left of a part that the record has already. */
export function completeBeside(recovery: Recovery, input: EvidenceInput, found: Analysis): void {
  recovery.gathering += 1;
  // A crash that interrupts the attempt takes no evidence of the one before.
  void CancellationScope.nonCancellable(() => gatherRest(recovery, input, found)).finally(() => {
    recovery.gathering -= 1;
  });
}

async function gatherRest(
  recovery: Recovery,
  input: EvidenceInput,
  found: Analysis,
): Promise<void> {
  try {
    completeEvidence(
      recovery.record,
      await recovery.longHost.completeEvidence({ ...input, found }),
    );
  } catch (error) {
    const lost = { name: 'evidence', collected: false, detail: reasonOf(error) };
    completeEvidence(recovery.record, { ...found, items: [...found.items, lost] });
  }
}

/** Before anything writes over it. */
export async function untilGathered(recovery: Recovery): Promise<void> {
  await condition(() => recovery.gathering === 0);
}

/** Before it is reported; what is not back by then is missing. */
export async function untilGatheredOrLate(recovery: Recovery): Promise<void> {
  await condition(() => recovery.gathering === 0, LAST_WAIT, {
    summary: 'for evidence that is still gathered',
  });
}
