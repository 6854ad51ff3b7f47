/** Step 10: report, notices, follow-ups. Nothing here changes the outcome. */
import { CancellationScope, patched } from '@temporalio/workflow';
import { aftermath, lastLook } from '../calls.js';
import { counted } from '../domain/content/counted.js';
import { followUpsFor } from '../domain/checklist/procedure.js';
import { goOnCommand, inMarketLines } from '../domain/orders/protection/in-market.js';
import { printedRecord } from '../shown/printed-record.js';
import type { RecoveryOutcome, RecoveryRecord } from '../domain/record.js';
import type { Recovery } from '../recovery/context.js';
import { notice, retriesEachChannel } from '../recovery/notices.js';
import { publish } from '../recovery/details.js';
import { untilGatheredOrLate } from '../recovery/crash/evidence.js';
import { reasonOf } from '../recovery/reasons.js';
import { step } from '../recovery/step.js';
import { untilContainedOrLate } from './contain.js';

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
  endWhatRuns(record);
  await CancellationScope.nonCancellable(async () => {
    await step(recovery, 'after', async (entry) => {
      entry.detail = 'this report is one part of it; notices are sent when it is written';
      if (outcome !== 'recovered' && patched('says-what-is-in-the-market')) {
        record.inMarket = await inMarketNow(recovery);
      }
      if (recovery.gathering > 0) await untilGatheredOrLate(recovery);
      if (recovery.containing > 0 && patched('ends-contained'))
        await untilContainedOrLate(recovery);
      const printed = JSON.stringify(record.undelivered ?? []);
      const written = await report(recovery);
      entry.detail = written.detail;
      tell(recovery, written);
      await Promise.all(recovery.background);
      // Who was not told must stand in the files too.
      const isOutdated = JSON.stringify(record.undelivered ?? []) !== printed;
      if (isOutdated && retriesEachChannel()) entry.detail = (await report(recovery)).detail;
    });
  });
  publish(recovery);
}

/** Beside a question, as containment does: what of it ends later still says so itself. */
function endWhatRuns({ steps, endedAtMs }: RecoveryRecord): void {
  for (const entry of steps.filter(({ status }) => status === 'running')) {
    const why = 'under way as the recovery ended: what it had begun is not known to be done';
    entry.detail = entry.detail === '' ? why : `${entry.detail}; ${why}`;
    entry.status = 'failed';
    entry.endedAtMs = endedAtMs;
  }
}

/** Whatever could not be read is said to be so: nobody takes it for flat. */
async function inMarketNow({
  record: { engineId },
}: Recovery): Promise<NonNullable<RecoveryRecord['inMarket']>> {
  try {
    return await lastLook.readMarketAtEnd({ engineId });
  } catch (error) {
    return { notRead: reasonOf(error) };
  }
}

interface Written {
  detail: string;
  /** Null where it could not be written. */
  pdf: string | null;
}

async function report({ record }: Recovery): Promise<Written> {
  try {
    const { pdf, json, elsewhere } = await aftermath.writeReport({
      record: printedRecord(record, Date.now()),
    });
    const where = `report ${pdf}; beside it ${json.split('/').at(-1)}`;
    return { detail: elsewhere === undefined ? where : `${where}; ${elsewhere}`, pdf };
  } catch (error) {
    return { detail: `the report could not be written: ${reasonOf(error)}`, pdf: null };
  }
}

function tell(recovery: Recovery, { detail, pdf }: Written): void {
  const { record } = recovery;
  const seconds = Math.round(((record.endedAtMs ?? 0) - record.startedAtMs) / 1000);
  const recovered = record.outcome === 'recovered';
  notice(recovery, {
    severity: recovered ? 'info' : 'critical',
    state: recovered ? 'recovered' : 'not_recovered',
    title: `${record.engineId}: ${record.outcome} after ${seconds} s`,
    text: [record.outcomeDetail, ...leftLines(record), detail, chainText(record)]
      .filter(Boolean)
      .join('\n'),
    ...(pdf === null ? {} : { report: pdf }),
    key: `outcome:${record.outcome}`,
  });
}

/** Of an engine that stays stopped: what it has left there, and how to go on. */
function leftLines(record: Recovery['record']): string[] {
  const { inMarket } = record;
  if (inMarket === undefined) return [];
  return [...inMarketLines(inMarket), `Go on: ${goOnCommand(record)}`];
}

/** Outside the report's file, so that whoever rewrites that is found. */
function chainText({ decisions, told }: Recovery['record']): string {
  const chains = [
    ...(decisions === undefined
      ? []
      : [`${counted(decisions.count, 'signed decision')}, chain ${decisions.hash}`]),
    ...(told === undefined
      ? []
      : [`${counted(told.kept.length, 'signed instruction')}, chain ${told.hash}`]),
  ];
  return chains.length === 0 ? '' : `${chains.join('; ')}: relight report verify FILE`;
}
