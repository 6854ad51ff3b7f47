/** Step 10: report, notices, follow-ups. Nothing here changes the outcome. */
import { CancellationScope } from '@temporalio/workflow';
import { aftermath } from '../calls.js';
import { followUpsFor } from '../domain/gates/checklist.js';
import { printedRecord } from '../shown/printed-record.js';
import type { RecoveryOutcome } from '../domain/record.js';
import type { Recovery } from '../recovery/context.js';
import { notice, retriesEachChannel } from '../recovery/notices.js';
import { publish } from '../recovery/details.js';
import { untilGatheredOrLate } from '../recovery/crash/evidence.js';
import { reasonOf } from '../recovery/reasons.js';
import { step } from '../recovery/step.js';

export async function conclude(
  recovery: Recovery,
  outcome: RecoveryOutcome,
  detail: string,
): Promise<void> {
  const { record } = recovery;
  record.outcome = outcome;
  record.outcomeDetail = detail;
  record.followUps = followUpsFor(record.classification);
  record.endedAtMs = Date.now();
  await CancellationScope.nonCancellable(async () => {
    await step(recovery, 'after', async (entry) => {
      entry.detail = 'this report is one part of it; notices are sent when it is written';
      if (recovery.gathering > 0) await untilGatheredOrLate(recovery);
      const printed = JSON.stringify(record.undelivered ?? []);
      entry.detail = await report(recovery);
      tell(recovery, entry.detail);
      await Promise.all(recovery.background);
      // Who was not told must stand in the files too.
      const isOutdated = JSON.stringify(record.undelivered ?? []) !== printed;
      if (isOutdated && retriesEachChannel()) entry.detail = await report(recovery);
    });
  });
  publish(recovery);
}

async function report({ record }: Recovery): Promise<string> {
  try {
    const { pdf, json, elsewhere } = await aftermath.writeReport({
      record: printedRecord(record, Date.now()),
    });
    const where = `report ${pdf}; beside it ${json.split('/').at(-1)}`;
    return elsewhere === undefined ? where : `${where}; ${elsewhere}`;
  } catch (error) {
    return `the report could not be written: ${reasonOf(error)}`;
  }
}

function tell(recovery: Recovery, detail: string): void {
  const { record } = recovery;
  const seconds = Math.round(((record.endedAtMs ?? 0) - record.startedAtMs) / 1000);
  const recovered = record.outcome === 'recovered';
  notice(recovery, {
    severity: recovered ? 'info' : 'critical',
    title: `${record.engineId}: ${record.outcome} after ${seconds} s`,
    text: [record.outcomeDetail, detail, chainText(record)].filter(Boolean).join('\n'),
    key: `outcome:${record.outcome}`,
  });
}

/** Outside the report's file, so that whoever rewrites that is found. */
function chainText({ decisions }: Recovery['record']): string {
  if (decisions === undefined) return '';
  return `${decisions.count} signed decision(s), chain ${decisions.hash}: relight report verify FILE`;
}
