/**
 * The procedure's policy with windows short enough for a test: the server rounds each timer up to
 * about a second, so most windows are closed and open only where a test is about them.
 */
import { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';

export const MANUAL_MONITOR_MS = 70;

/** The procedure's stages, each window opened a crack. */
export const STAGES_WITH_WINDOWS: RecoveryPolicy['ramp']['stages'] = [
  { percent: 50, strategies: 'low', soakMs: 10, monitorMs: 20 },
  { percent: 75, strategies: 'medium', soakMs: 10, monitorMs: 0 },
  { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 },
];

export function quickPolicy(change: Record<string, object | string | number> = {}): RecoveryPolicy {
  const quick: Record<string, object> = {
    health: { settleMs: 10 },
    market: { recheckMs: 20 },
    ramp: {
      stages: [
        { percent: 50, strategies: 'low', soakMs: 0, monitorMs: 0 },
        { percent: 75, strategies: 'medium', soakMs: 0, monitorMs: 0 },
        { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 },
      ],
      checkEveryMs: 100,
      manualMonitorMs: MANUAL_MONITOR_MS,
    },
    gates: { expiresAfterMs: 120_000, remindAfterMs: 60_000 },
  };
  const sections = Object.entries(change).map(([name, section]) => [
    name,
    typeof section !== 'object' ? section : { ...quick[name], ...section },
  ]);
  return RecoveryPolicy.parse({ ...quick, ...Object.fromEntries(sections) });
}
