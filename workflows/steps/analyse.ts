/** Step 1: confirm death, capture what the venues say, gather evidence, name the cause. */
import { upsertSearchAttributes } from '@temporalio/workflow';
import { thorough } from '../calls.js';
import type { Death } from '../contract/index.js';
import type { Cause } from '../domain/crash/cause/cause.js';
import { seenWords } from '../domain/crash/repeats.js';
import type { CrashReport } from '../domain/crash/report.js';
import { keepEvidence } from '../domain/crash/evidence.js';
import { causeAttribute } from '../search-attributes.js';
import type { Recovery } from '../recovery/context.js';
import { collectEvidence, completeBeside } from '../recovery/crash/evidence.js';
import { provenThere } from '../recovery/crash/left-behind.js';
import { countRepeats } from '../recovery/crash/repeats.js';
import { step } from '../recovery/step.js';

/** Where a question has named this very death as one that nobody here can prove, and was approved. */
function saidGone({ record }: Recovery, { instance }: CrashReport): boolean {
  return record.gates.some(
    ({ kind, outcome, question }) =>
      kind === 'manual_recovery' &&
      outcome === 'approved' &&
      question.includes(`DeathNotProven: ${instance.instanceId} `),
  );
}

/** On its own host; fails where anything of the engine may live. */
export function proveDeath(recovery: Recovery, report: CrashReport): Promise<Death> {
  return recovery.longHost.confirmDeath({
    incidentId: recovery.record.incidentId,
    report,
    ownInstances: [...recovery.instances.started],
    ...(saidGone(recovery, report) ? { saidGone: true } : {}),
    ...provenThere(recovery, report),
  });
}

export async function analyse(recovery: Recovery): Promise<Cause> {
  const { record } = recovery;
  const { incidentId } = record;
  const crash = record.crashes.length - 1;
  const latest = () => record.crashes[crash] as CrashReport; // the record is opened with one
  const report = latest();
  recovery.proof = null;
  return step(recovery, 'analyse', async (entry) => {
    const [death, venues] = await Promise.all([
      proveDeath(recovery, report),
      thorough.takeSnapshot({
        engineId: record.engineId,
        epoch: record.epoch,
        sinceMs: report.detectedAtMs,
        thorough: false,
      }),
    ]);
    recovery.proof = death.detail;
    recovery.instances.allGone(); // what was left of them has been ended there
    const { stacks } = death;
    recovery.isNoting = death.isNoting === true;
    const asked = {
      incidentId,
      report: latest(), // more may have been seen of it meanwhile
      stacks,
      snapshot: venues.snapshot,
    };
    // An agent of an earlier version gives all at once, whatever it is asked for.
    const { isPartial = false, ...analysis } = await collectEvidence(recovery, asked);
    const classification = await countRepeats(recovery, report, analysis.classification);
    keepEvidence(record, { ...analysis, classification });
    if (isPartial) completeBeside(recovery, asked, analysis);
    const { cause, because, seen } = classification;
    upsertSearchAttributes([{ key: causeAttribute, value: cause }]);
    const again = seenWords(seen);
    entry.detail = `${cause}: ${because}; ${again === null ? '' : `${again}; `}${death.detail}`;
    return cause;
  });
}
