/**
 * Whether a started engine may go on.
 *
 * Invariant: healthy means this instance, every check passed, exactly the recovered state held, and
 * not trading yet.
 */
import type { ComprehensiveHealth, StateDigest } from './control.js';

export interface HealthVerdict {
  healthy: boolean;
  failed: string[];
  checks: number;
  engineDigest: string | null;
}

export function judgeHealth(
  health: ComprehensiveHealth,
  held: StateDigest,
  expected: { instanceId: string; digest: string },
): HealthVerdict {
  const failed = [
    ...health.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`),
    ...(health.instanceId === expected.instanceId
      ? []
      : [`another instance answers: ${health.instanceId}`]),
    ...(held.digest === expected.digest ? [] : ['the engine does not hold the recovered state']),
    ...(health.trading ? ['the engine trades already'] : []),
  ];
  const checks = health.checks.length + 3;
  return { healthy: failed.length === 0, failed, checks, engineDigest: held.digest };
}
