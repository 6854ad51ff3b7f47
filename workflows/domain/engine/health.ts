/**
 * Whether a started engine may go on.
 *
 * Invariant: healthy means this instance, every check passed, exactly the recovered state held, and
 * not trading yet; a digest that anybody could have handed it is no proof where its state can be read.
 */
import type { ComprehensiveHealth, StateDigest } from './control.js';

export interface HealthVerdict {
  healthy: boolean;
  failed: string[];
  checks: number;
  engineDigest: string | null;
  /** What of the engine was compared; missing in histories of earlier versions: its digest. */
  compared?: 'state' | 'digest';
}

/** What the engine says that it holds. `differing`: its state from the recovered one; null where untold. */
export interface Held extends Pick<StateDigest, 'digest'> {
  differing: readonly string[] | null;
}

export function judgeHealth(
  health: ComprehensiveHealth,
  held: Held,
  expected: { instanceId: string; digest: string },
): HealthVerdict {
  const { digest, differing } = held;
  const isEqual = digest === expected.digest && (differing === null || differing.length === 0);
  const failed = [
    ...health.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`),
    ...(health.instanceId === expected.instanceId
      ? []
      : [`another instance answers: ${health.instanceId}, and not ${expected.instanceId}`]),
    ...(isEqual ? [] : [`${NOT_HELD}${figures(held)}${digests(held, expected)}`]),
    ...(health.trading ? ['the engine trades already'] : []),
  ];
  const checks = health.checks.length + 3;
  const compared = differing === null ? 'digest' : 'state';
  return { healthy: failed.length === 0, failed, checks, engineDigest: digest, compared };
}

const NOT_HELD = 'the engine does not hold the recovered state';

function figures({ differing }: Held): string {
  return differing === null || differing.length === 0 ? '' : `: ${differing.join('; ')}`;
}

function digests(held: Held, expected: { digest: string }): string {
  return ` (digest ${shown(held.digest)}, expected ${shown(expected.digest)})`;
}

/** As much as tells two apart. */
function shown(digest: string): string {
  return digest.slice(0, 12);
}
