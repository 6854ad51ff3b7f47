/** A crash report with the rules by which it is judged: the control plane's own, as they are then. */
import { patched } from '@temporalio/workflow';
import { rules } from '../calls.js';
import type { RecoveryInput } from '../contract/index.js';
import type { CrashReport } from '../domain/crash/report.js';
import { crashesInWindow } from '../domain/crash/window.js';
import { RecoveryPolicy } from '../domain/policy/policy.js';
import type * as messages from '../messages.js';

/** In the window of crashes; more say nothing more. */
const MOST_COUNTED = 1_000;

export type Judged = Pick<
  RecoveryInput,
  'report' | 'policy' | 'approvers' | 'rulesDigest' | 'integration'
>;

/** `configured`: where the engine lives by the rules; null where they do not say. */
export async function withRules(
  engineId: string,
  report: CrashReport,
): Promise<{ judged: Judged; configured: string | null }> {
  const found = await rules.loadRules({ engineId });
  const { policy, approvers, digest, integration = null, host = null } = found;
  const judged = { report, policy, approvers, rulesDigest: digest };
  const told = integration === null ? {} : { integration };
  return { judged: { ...judged, ...told }, configured: host };
}

/** In the replay of reports that brought their rules along; null in all that came later. */
export function rulesOfItsOwn({ report, policy, approvers }: messages.CrashNotice): Judged | null {
  if (patched('rules-from-control-plane')) return null;
  return { report, policy: policy ?? RecoveryPolicy.parse({}), approvers: approvers ?? [] };
}

/** How many there are in the window, this one included. */
export function countCrash(state: messages.GuardianState, { report, policy }: Judged): number {
  // A clock of a host that is ahead moves no window.
  const atMs = Math.min(report.detectedAtMs, Date.now());
  const times = [...state.crashTimesMs, atMs].slice(-MOST_COUNTED);
  state.crashTimesMs = crashesInWindow(times, atMs, policy.crashLoop.windowMs);
  return state.crashTimesMs.length;
}

/**
 * For what goes on by itself: with the rules of now, or those of before where there are none.
 * @param before null where a guardian before this one had judged it, and nothing is left of that.
 */
export async function judgedAnew(
  engineId: string,
  report: CrashReport,
  { before, goesOn }: { before: Judged | null; goesOn: boolean },
): Promise<Judged | null> {
  const own = goesOn || before === null ? null : rulesOfItsOwn({ ...before, report });
  if (own !== null) return own;
  const anew = withRules(engineId, report).then(({ judged }) => judged);
  return anew.catch(() => (before === null ? null : { ...before, report }));
}
