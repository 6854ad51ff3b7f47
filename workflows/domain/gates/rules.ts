/**
 * The rules of a gate, by its kind: who may answer and how many must, when people are reminded, when further
 * roles are told, and when it expires. Nobody else reads the policy for them.
 *
 * Invariant: what waits for a venue or for people's own work waits as long as it takes, unless the
 * policy says otherwise of that kind; any other gate expires.
 */
import type { RecoveryPolicy } from '../policy/policy.js';
import type { GateKind } from '../content/gate-kind.js';

export interface GateRules {
  /** One of them is enough to answer. */
  roles: string[];
  /** So many people must approve. */
  quorum: number;
  remindAfterMs: number;
  /** When further channels and roles are told where nobody answers; null: never. */
  escalation: { afterMs: number; roles: string[]; mayAnswer: boolean } | null;
  /** Null where it waits as long as it takes. */
  expiresAfterMs: number | null;
}

const WITHOUT_EXPIRY: ReadonlySet<GateKind> = new Set([
  'venues_unreadable',
  'enter_by_hand',
  'ramp_paused',
  'manual_recovery',
]);

/** Whose question it is, where the policy names nobody for the kind. */
const OWN_ROLES: Partial<Record<GateKind, string[]>> = { manual_recovery: ['risk'] };
/** Who may answer the one may answer the other, where the policy does not part them. */
const ANSWERED_AS: Partial<Record<GateKind, GateKind>> = {
  unknown_breaker: 'manual_recovery',
  ramp_paused: 'ramp',
};

type GatesPolicy = RecoveryPolicy['gates'];
/** A recovery that an earlier version began has a policy without rules for single kinds. */
type AnyGatesPolicy = Omit<GatesPolicy, 'kinds'> & Partial<Pick<GatesPolicy, 'kinds'>>;

export function rulesFor(kind: GateKind, policy: AnyGatesPolicy): GateRules {
  const { remindAfterMs, kinds } = policy;
  const like = ANSWERED_AS[kind] ?? kind;
  const own = { ...kinds?.[like], ...kinds?.[kind] };
  const usual = kinds === undefined ? undefined : OWN_ROLES[like];
  const expiry = WITHOUT_EXPIRY.has(kind) ? null : policy.expiresAfterMs;
  return {
    roles: own.roles ?? usual ?? policy.roles,
    quorum: own.quorum ?? policy.quorum,
    remindAfterMs,
    escalation: escalationOf({ ...policy, ...own }),
    expiresAfterMs: own.expiresAfterMs ?? expiry,
  };
}

/** Policies of earlier versions know none. */
function escalationOf({
  escalateAfterMs: afterMs,
  escalateTo: roles,
  escalatedMayAnswer: mayAnswer = false,
}: Pick<GatesPolicy, 'escalateAfterMs' | 'escalateTo' | 'escalatedMayAnswer'>) {
  return afterMs === undefined ? null : { afterMs, roles: roles ?? [], mayAnswer };
}

/** `afterMs`: counted from the opening or from the notice before. */
export interface GateNotice {
  kind: 'reminder' | 'escalation' | 'expiry';
  afterMs: number;
}

/**
 * What is due next at a gate that nobody answers, `told` notices after it was opened; null where nothing is. Counted from notice to
 * notice and not by the clock, so that a worker that was away skips no reminder, and recoveries
 * under way keep their timers.
 */
export function nextNotice(rules: GateRules, told: number): GateNotice | null {
  const notices = noticesOf(rules);
  const next = notices[told];
  if (next === undefined) return null;
  const before = notices[told - 1]?.afterMs ?? 0;
  return { ...next, afterMs: next.afterMs - before };
}

/** In their order, each counted from the opening. */
function noticesOf({ remindAfterMs, escalation, expiresAfterMs }: GateRules): GateNotice[] {
  const endsMs = expiresAfterMs ?? Infinity;
  const before: GateNotice[] = [
    { kind: 'reminder' as const, afterMs: remindAfterMs },
    ...(escalation === null ? [] : [{ kind: 'escalation' as const, afterMs: escalation.afterMs }]),
  ].filter(({ afterMs }) => afterMs < endsMs);
  const sorted = before.toSorted((a, b) => a.afterMs - b.afterMs);
  return expiresAfterMs === null
    ? sorted
    : [...sorted, { kind: 'expiry', afterMs: expiresAfterMs }];
}
