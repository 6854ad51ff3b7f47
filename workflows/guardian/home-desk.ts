/**
 * Reports of another host than the engine's: refused, and people told of each death once.
 *
 * Invariants: a guardian that knows no host, because the rules of then named none, refuses nothing by it; one
 * whose report waits (a hold, the kill switch) is judged as any other, at the latest when it is taken up.
 */
import { patched } from '@temporalio/workflow';
import type { CrashReport } from '../domain/crash/report.js';
import { foreignTo, unsignedMove, withForeign } from '../domain/crash/home.js';
import type * as messages from '../messages.js';
import { failure } from '../failure.js';
import { reasonOf } from '../recovery/reasons.js';
import { withRules, type Judged } from './judged.js';
import { forget } from './memory.js';
import { foreignNotice } from './notices.js';
import type { Tell } from './telling.js';

type Refused = Extract<messages.CrashReceipt, { disposition: 'refused' }>;

export interface HomeDesk {
  /** With the control plane's own rules; a report for which there are none, or of another host, is not taken. */
  judged(report: CrashReport): Promise<Judged | Refused>;
  /** By the rules of now, of one that waits; null where it is to be believed, and where they cannot be read. */
  refusalOfHeld(report: CrashReport): Promise<Refused | null>;
  /** Whether a report of this instance waits for the rules. */
  isJudging(instanceId: string): boolean;
  /** Of a report that is believed. */
  settle(report: CrashReport, configured: string | null): void;
}

interface Around {
  publish: () => void;
  tell: Tell;
  /** Of an instance that is not dead for all that is known. */
  onRefused: (instanceId: string) => void;
}

export function openHomeDesk(
  state: messages.GuardianState,
  { publish, tell, onRefused }: Around,
): HomeDesk {
  const told = new Set<string>();
  const judging = new Set<string>();

  function refusalOf(report: CrashReport, configured: string | null): Refused | null {
    const last = state.host ?? null;
    const why = foreignTo(report, { last, configured }) ?? whyUnsigned(last, configured);
    if (why === null) return null;
    const { host, instance } = report;
    const { instanceId } = instance;
    state.foreign = withForeign(state.foreign, { instanceId, host, why, atMs: Date.now() });
    const key = `${host}:${instanceId}`;
    if (!told.has(key)) tell(foreignNotice(state.engineId, report, why));
    told.add(key);
    publish();
    forget(state, instanceId);
    onRefused(instanceId);
    return { disposition: 'refused', reason: why };
  }

  function settle({ host }: CrashReport, configured: string | null): void {
    // What a person has taken up may have died where the engine lives no longer.
    if (configured === host) state.host = host;
  }

  async function whileJudging<T>({ instance }: CrashReport, judge: () => Promise<T>): Promise<T> {
    judging.add(instance.instanceId);
    try {
      return await judge();
    } finally {
      judging.delete(instance.instanceId);
    }
  }

  return {
    settle,
    isJudging: (instanceId) => judging.has(instanceId),
    refusalOfHeld: async (report) =>
      whileJudging(report, async () => {
        const by = await withRules(state.engineId, report).catch(() => null);
        return by && refusalOf(report, by.configured);
      }),
    judged: async (report) =>
      whileJudging(report, async () => {
        try {
          const { judged, configured } = await withRules(state.engineId, report);
          const foreign = refusalOf(report, configured);
          if (foreign === null) settle(report, configured);
          return foreign ?? judged;
        } catch (error) {
          forget(state, report.instance.instanceId);
          const why = `No rules for "${state.engineId}": ${reasonOf(error)}`;
          throw failure('ConfigurationInvalid', why);
        }
      }),
  };
}

/** Null in the replay of guardians that believed the file alone. */
function whyUnsigned(last: string | null, configured: string | null): string | null {
  if (last === null || configured === null || last === configured) return null;
  return patched('moves-by-signature') ? unsignedMove(last, configured) : null;
}
