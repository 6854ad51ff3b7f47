/** Step 1: confirm death, capture what the venues say, gather evidence, name the cause. */
import { upsertSearchAttributes } from '@temporalio/workflow';
import { thorough } from '../calls.js';
import type { Cause } from '../domain/crash/cause/cause.js';
import type { CrashReport } from '../domain/crash/report.js';
import { keepEvidence } from '../domain/record.js';
import { causeAttribute } from '../search-attributes.js';
import type { Recovery } from '../recovery/context.js';
import { collectEvidence, provenThere } from '../recovery/left-behind.js';
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

export async function analyse(recovery: Recovery): Promise<Cause> {
  const { record } = recovery;
  const { incidentId } = record;
  const crash = record.crashes.length - 1;
  const latest = () => record.crashes[crash] as CrashReport; // the record is opened with one
  const report = latest();
  return step(recovery, 'analyse', async (entry) => {
    const [death, venues] = await Promise.all([
      recovery.longHost.confirmDeath({
        incidentId,
        report,
        ownInstances: [...recovery.instances.started],
        ...(saidGone(recovery, report) ? { saidGone: true } : {}),
        ...provenThere(recovery, report),
      }),
      thorough.takeSnapshot({
        engineId: record.engineId,
        epoch: record.epoch,
        sinceMs: report.detectedAtMs,
        thorough: false,
      }),
    ]);
    recovery.instances.allGone(); // what was left of them has been ended there
    const { stacks } = death;
    const analysis = await collectEvidence(recovery, {
      incidentId,
      report: latest(), // more may have been seen of it meanwhile
      stacks,
      snapshot: venues.snapshot,
    });
    keepEvidence(record, analysis);
    const { cause, because } = analysis.classification;
    upsertSearchAttributes([{ key: causeAttribute, value: cause }]);
    entry.detail = `${cause}: ${because}; ${death.detail}`;
    return cause;
  });
}
