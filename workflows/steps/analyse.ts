/** Step 1: confirm death, capture what the venues say, gather evidence, name the cause. */
import { upsertSearchAttributes } from '@temporalio/workflow';
import { thorough } from '../calls.js';
import type { Cause } from '../domain/crash/cause.js';
import type { CrashReport } from '../domain/crash/report.js';
import { causeAttribute } from '../search-attributes.js';
import type { Recovery } from '../recovery/context.js';
import { step } from '../recovery/step.js';

export async function analyse(recovery: Recovery): Promise<Cause> {
  const { record } = recovery;
  const report = record.crashes.at(-1) as CrashReport; // the record is opened with one
  const incident = { incidentId: record.incidentId, report };
  return step(recovery, 'analyse', async (entry) => {
    const [death, venues] = await Promise.all([
      recovery.longHost.confirmDeath({
        ...incident,
        ownInstances: [...recovery.instances.started],
      }),
      thorough.takeSnapshot({
        engineId: record.engineId,
        sinceMs: report.detectedAtMs,
        thorough: false,
      }),
    ]);
    const { stacks } = death;
    const analysis = await recovery.longHost.collectEvidence({
      ...incident,
      stacks,
      snapshot: venues.snapshot,
    });
    record.evidence = { folder: analysis.folder, items: analysis.items };
    record.classification = analysis.classification;
    const { cause, because } = analysis.classification;
    upsertSearchAttributes([{ key: causeAttribute, value: cause }]);
    entry.detail = `${cause}: ${because}; ${death.detail}`;
    return cause;
  });
}
