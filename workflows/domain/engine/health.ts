/**
 * Whether a started engine may go on.
 *
 * Invariant: healthy means this instance, every check passed, exactly the recovered state held, and
 * not trading yet; a digest that anybody could have handed it is no proof where its state can be read;
 * what the engine does not tell is named as unverified, and never counted as passed.
 */
import type { ComprehensiveHealthTold, QuickHealthTold } from './control.js';

export interface HealthVerdict {
  healthy: boolean;
  failed: string[];
  checks: number;
  engineDigest: string | null;
  /** What of the engine was compared; missing in histories of earlier versions: its digest. */
  compared?: 'state' | 'digest' | 'positions' | 'nothing';
  /** What nothing tells; missing where all was told, and in histories of earlier versions. */
  unverified?: string[];
  /** What it holds otherwise, by name and figure, where nothing else is wrong with it. */
  notHeld?: string[];
}

/**
 * What the engine says that it holds. `digest` null: untold. `differing`: from the recovered state; null
 * where it tells nothing but the digest. `unverified`: of its state, what it does not tell. `compared` nothing:
 * it tells none of it.
 */
export interface Held {
  digest: string | null;
  differing: readonly string[] | null;
  compared?: 'state' | 'positions' | 'nothing';
  unverified?: readonly string[];
}

/** Of an engine that tells nothing of what it holds. */
export const TELLS_NOTHING: Held = {
  digest: null,
  differing: null,
  compared: 'nothing',
  unverified: ['positions', 'orders', 'balances', 'risk breaker and daily result'],
};

/** In place of a comprehensive check that is not offered: a quick one, which looks at less. */
export function inPlaceOfComprehensive(quick: QuickHealthTold): ComprehensiveHealthTold {
  const { instanceId, epoch, healthy, note, unverified = [] } = quick;
  const checks = [{ name: 'quick health', ok: healthy, detail: note }];
  const untold = [...unverified, 'its services, of which it offers no comprehensive check'];
  return { instanceId, epoch, healthy, trading: null, checks, unverified: untold };
}

export function judgeHealth(
  health: ComprehensiveHealthTold,
  held: Held,
  expected: { instanceId: string; digest: string; mayTrade?: boolean },
): HealthVerdict {
  if (expected.mayTrade === true) return judgeTrading(health, expected);
  const failed = [
    ...failedOf(health, expected),
    ...(isEqual(held, expected) ? [] : [`${NOT_HELD}${figures(held)}${digests(held, expected)}`]),
    ...(health.trading === true ? ['the engine trades already'] : []),
  ];
  const unverified = unverifiedOf(health, held);
  return {
    healthy: failed.length === 0,
    failed,
    checks: health.checks.length + checksOf(health, held),
    engineDigest: held.digest,
    compared: held.compared ?? (held.differing === null ? 'digest' : 'state'),
    ...(unverified.length > 0 && { unverified }),
    ...notHeldOf(held, expected, failed.length === 1),
  };
}

/** That, and nothing else, is wrong with it. */
function notHeldOf(held: Held, expected: { digest: string }, alone: boolean) {
  return alone && !isEqual(held, expected) ? { notHeld: [...(held.differing ?? [])] } : {};
}

function failedOf(
  { checks, instanceId }: ComprehensiveHealthTold,
  expected: { instanceId: string },
): string[] {
  return [
    ...checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`),
    ...(instanceId === expected.instanceId
      ? []
      : [`another instance answers: ${instanceId}, and not ${expected.instanceId}`]),
  ];
}

/** What it holds is another state with its first order: it is compared with the venues, in the ramp. */
function judgeTrading(
  health: ComprehensiveHealthTold,
  expected: { instanceId: string },
): HealthVerdict {
  const failed = failedOf(health, expected);
  return {
    healthy: failed.length === 0,
    failed,
    checks: health.checks.length + 1,
    engineDigest: null,
    compared: 'nothing',
    unverified: ['what it held before it traded'],
  };
}

/** Beside its own: that it is this instance, what it holds, that it does not trade; each as far as that is told. */
function checksOf({ trading }: ComprehensiveHealthTold, { compared }: Held): number {
  return 1 + (compared === 'nothing' ? 0 : 1) + (trading === null ? 0 : 1);
}

const NOT_HELD = 'the engine does not hold the recovered state';

function isEqual({ digest, differing, compared }: Held, expected: { digest: string }): boolean {
  if (compared === 'nothing') return true; // unverified, and no failure
  if (digest === null && differing === null) return false;
  const isSame = digest === null || digest === expected.digest;
  return isSame && (differing === null || differing.length === 0);
}

/** An equal digest tells all of the state. */
function unverifiedOf({ trading, unverified = [] }: ComprehensiveHealthTold, held: Held): string[] {
  const ofState = held.digest === null ? (held.unverified ?? []) : [];
  const trades = trading === null ? ['whether it trades already'] : [];
  return [...ofState, ...unverified, ...trades];
}

function figures({ differing }: Held): string {
  return differing === null || differing.length === 0 ? '' : `: ${differing.join('; ')}`;
}

function digests({ digest }: Held, expected: { digest: string }): string {
  return digest === null ? '' : ` (digest ${shown(digest)}, expected ${shown(expected.digest)})`;
}

/** As much as tells two apart. */
function shown(digest: string): string {
  return digest.slice(0, 12);
}
