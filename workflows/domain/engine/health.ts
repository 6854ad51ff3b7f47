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
      : [`another instance answers: ${health.instanceId}, and not ${expected.instanceId}`]),
    ...(held.digest === expected.digest ? [] : [`${NOT_HELD}${digests(held, expected)}`]),
    ...(health.trading ? ['the engine trades already'] : []),
  ];
  const checks = health.checks.length + 3;
  return { healthy: failed.length === 0, failed, checks, engineDigest: held.digest };
}

const NOT_HELD = 'the engine does not hold the recovered state';

function digests(held: StateDigest, expected: { digest: string }): string {
  return ` (digest ${shown(held.digest)}, expected ${shown(expected.digest)})`;
}

/** As much as tells two apart. */
function shown(digest: string): string {
  return digest.slice(0, 12);
}
