/**
 * Reports of another host than the engine's: refused, and people told of each death once.
 *
 * Invariant: a guardian that knows no host, because the rules of then named none, refuses nothing by it.
 */
import { patched } from '@temporalio/workflow';
import type { CrashReport } from '../domain/crash/report.js';
import { foreignTo, unsignedMove, withForeign } from '../domain/crash/home.js';
import type * as messages from '../messages.js';
import type { Tell } from './telling.js';

type Refused = Extract<messages.CrashReceipt, { disposition: 'refused' }>;

export interface HomeDesk {
  /** Null where the report is to be believed. */
  refusalOf(report: CrashReport, configured: string | null): Refused | null;
  /** Of a report that is believed. */
  settle(report: CrashReport, configured: string | null): void;
}

export function openHomeDesk(
  state: messages.GuardianState,
  { publish, tell: tellPeople }: { publish: () => void; tell: Tell },
): HomeDesk {
  const told = new Set<string>();

  function tell({ instance, host, detail }: CrashReport, why: string): void {
    const { engineId } = state;
    const { instanceId } = instance;
    const key = `${host}:${instanceId}`;
    if (told.has(key)) return;
    told.add(key);
    tellPeople({
      incidentId: `${engineId}/${instanceId}`,
      engineId,
      severity: 'critical',
      title: `${engineId}: NOT RECOVERED: its death was reported by "${host}"`,
      text: `${instanceId}: ${detail}. The report was refused: ${why}.`,
      dedupKey: `${engineId}:foreign-report:${key}`,
    });
  }

  return {
    refusalOf(report, configured) {
      const last = state.host ?? null;
      const why = foreignTo(report.host, { last, configured }) ?? whyUnsigned(last, configured);
      if (why === null) return null;
      const { host, instance } = report;
      const { instanceId } = instance;
      state.foreign = withForeign(state.foreign, { instanceId, host, why, atMs: Date.now() });
      tell(report, why);
      publish();
      return { disposition: 'refused', reason: why };
    },
    settle({ host }, configured) {
      // What a person has taken up may have died where the engine lives no longer.
      if (configured === host) state.host = host;
    },
  };
}

/** Null in the replay of guardians that believed the file alone. */
function whyUnsigned(last: string | null, configured: string | null): string | null {
  if (last === null || configured === null || last === configured) return null;
  return patched('moves-by-signature') ? unsignedMove(last, configured) : null;
}
