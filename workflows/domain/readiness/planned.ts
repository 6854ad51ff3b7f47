/**
 * What a recovery would ask of people, by what was found now: the rules are those by which it asks.
 *
 * Invariants: what could not be looked at asks nothing here and is told as that, never as passed; what only the
 * crash or the started engine can tell is no part of it.
 */
import type { GateKind } from '../content/gate-kind.js';
import { counted } from '../content/counted.js';
import { shortened } from '../content/shortened.js';
import type { Cause } from '../crash/cause/cause.js';
import type { Approver } from '../gates/approver.js';
import { rulesFor } from '../gates/rules.js';
import type { OrdersSummary, OrderWarnings } from '../orders/fate/summary.js';
import {
  asksAboutDifferences,
  asksAboutForeign,
  asksAboutLost,
  asksAboutStale,
  asksAboutUnknown,
} from '../gates/asks.js';
import { decideAutonomy, type CheckpointCandidate } from '../policy/decision.js';
import type { MarketVerdict } from '../policy/market.js';
import type { RecoveryPolicy } from '../policy/policy.js';
import { mismatchWords, unpricedWords } from '../policy/risk.js';
import type { ExposureVerdict, LimitMismatch } from '../policy/risk.js';
import type { ReconciliationSummary } from '../reconciliation/summary.js';
import type { StepName } from '../record.js';

/** As the engine that lives has them; null where nothing could be asked. */
export interface LimitsFound {
  mismatches: LimitMismatch[];
  refusal?: string;
  unlisted?: string[];
}

/** Null where it could not be looked at. */
export interface Found {
  /** This crash included. */
  crashCount: number;
  checkpoints: readonly CheckpointCandidate[] | null;
  /** `venue: why`, each. */
  unreadable: readonly string[];
  compared: ReconciliationSummary | null;
  breakerUnknown: boolean;
  orders: (Pick<OrdersSummary, 'counts'> & { warnings: OrderWarnings }) | null;
  /** What the started engine will not tell of its state, as far as that is known before. */
  untold: readonly string[];
  limits: LimitsFound | null;
  exposure: ExposureVerdict | null;
  market: MarketVerdict | null;
}

/** A question that would be asked, and why. */
export interface Planned {
  step: StepName;
  gate: GateKind;
  why: string;
}

const NAMED = 5;

export function questionsOf(found: Found, policy: RecoveryPolicy): Planned[] {
  return [
    ...safetyQuestions(found, policy),
    ...venueQuestions(found),
    ...differenceQuestions(found, policy),
    ...orderQuestions(found, policy),
    ...startQuestions(found, policy),
    ...riskQuestions(found, policy),
    ...marketQuestions(found, policy),
  ];
}

/** Whose the question is, and how long it waits. */
export function answeredBy(
  gate: GateKind,
  { gates }: Pick<RecoveryPolicy, 'gates'>,
  approvers: readonly Pick<Approver, 'name' | 'roles'>[],
) {
  const { roles, quorum, expiresAfterMs } = rulesFor(gate, gates);
  const able = approvers.filter((person) => person.roles.some((role) => roles.includes(role)));
  return { roles, quorum, expiresAfterMs, able: able.map(({ name }) => name) };
}

/** What only the crash tells: causes that ask, by policy. */
export function askingCauses(
  { automaticCauses }: Pick<RecoveryPolicy, 'automaticCauses'>,
  causes: readonly Cause[],
): Cause[] {
  return causes.filter((cause) => !automaticCauses.includes(cause));
}

/** As where the cause is one that policy recovers from by itself: which it will be nobody knows now. */
function safetyQuestions({ crashCount, checkpoints }: Found, policy: RecoveryPolicy): Planned[] {
  const [cause] = policy.automaticCauses;
  const facts = { crashCount, sameBug: 0, cause: cause ?? 'unknown', checkpoints };
  const known = checkpoints === null ? withoutCheckpoints(policy) : policy;
  const autonomy = decideAutonomy({ ...facts, checkpoints: [...(checkpoints ?? [])] }, known);
  if (autonomy.kind === 'automatic') return [];
  const { reasons } = autonomy;
  const words = cause === undefined ? reasons.map(anyCause) : reasons;
  return [{ step: 'safety', gate: 'automatic_recovery', why: words.join('; ') }];
}

function anyCause(reason: string): string {
  return reason === 'cause: unknown' ? 'any cause' : reason;
}

/** Those that could not be looked at are not missing. */
function withoutCheckpoints(policy: RecoveryPolicy): RecoveryPolicy {
  return { ...policy, checkpoint: { ...policy.checkpoint, onMissing: 'reconstruct' } };
}

function venueQuestions({ unreadable }: Found): Planned[] {
  if (unreadable.length === 0) return [];
  return [{ step: 'reconcile', gate: 'venues_unreadable', why: unreadable.join('; ') }];
}

function differenceQuestions(
  { compared, breakerUnknown }: Found,
  policy: RecoveryPolicy,
): Planned[] {
  if (compared === null) return [];
  const { counts, forced, unverified, worst } = compared;
  const items = shortened(
    worst.map(({ venue, item, unexplained }) => `${venue} ${item} ${unexplained ?? 'unknown'}`),
    NAMED,
  );
  const asks: Planned[] = [];
  if (asksAboutDifferences(compared, policy)) {
    const why = [
      ...some(counts.unexplained, 'difference', 'that nothing explains'),
      ...some(counts.unknown, 'figure', 'that no exchange could tell'),
      ...(forced.length === 0 ? [] : [`closed by the exchange: ${forced.join(', ')}`]),
    ].join(', ');
    const named = items.length === 0 ? '' : ` (${items.join('; ')})`;
    asks.push({ step: 'reconcile', gate: 'discrepancies', why: `${why}${named}` });
  }
  if (unverified !== undefined && policy.onUnverified === 'ask') {
    const why = `${counted(unverified.count, 'figure is', 'figures are')} compared with nothing`;
    asks.push({ step: 'reconcile', gate: 'unverified_state', why });
  }
  if (breakerUnknown) {
    const why = 'nothing tells whether the risk breaker had latched';
    asks.push({ step: 'reconcile', gate: 'unknown_breaker', why });
  }
  return asks;
}

/** Of what there is none, nothing is said. */
function some(count: number, what: string, of: string): string[] {
  return count === 0 ? [] : [`${counted(count, what)} ${of}`];
}

function orderQuestions({ orders }: Found, policy: RecoveryPolicy): Planned[] {
  if (orders === null) return [];
  const { counts, warnings } = orders;
  const { lost, stale } = warnings;
  const asks: [asked: boolean, gate: GateKind, why: string][] = [
    [
      asksAboutForeign(orders, policy),
      'foreign_orders',
      `${counted(counts.foreign, 'order')} of others: adopt?`,
    ],
    [
      asksAboutLost(warnings, policy),
      'unprotected_positions',
      `no longer protected: ${shortened(lost.shown, NAMED).join('; ')}`,
    ],
    [
      asksAboutStale(warnings, policy),
      'stale_orders',
      `far from the market: ${shortened(stale.shown, NAMED).join('; ')}`,
    ],
    [
      asksAboutUnknown(orders, policy),
      'unknown_orders',
      `${counted(counts.unknown, 'order')} of unknown fate`,
    ],
  ];
  return asks.flatMap(([asked, gate, why]) =>
    asked ? [{ step: 'recover_orders' as const, gate, why }] : [],
  );
}

/** After the start: what it holds is compared as far as it tells it. */
function startQuestions({ untold }: Found, { onUnverified }: RecoveryPolicy): Planned[] {
  if (untold.length === 0 || onUnverified !== 'ask') return [];
  const why = `the started engine does not tell ${untold.join(', ')}`;
  return [{ step: 'start', gate: 'unverified_state', why }];
}

function riskQuestions({ limits, exposure }: Found, { onUnverified }: RecoveryPolicy): Planned[] {
  const why = limits === null ? null : whyLimits(limits, onUnverified === 'ask');
  const high = exposure === null ? null : whyExposure(exposure);
  return [
    ...(why === null ? [] : [{ step: 'risk' as const, gate: 'risk_limits' as const, why }]),
    ...(high === null ? [] : [{ step: 'risk' as const, gate: 'exposure' as const, why: high }]),
  ];
}

function whyLimits({ refusal, mismatches, unlisted }: LimitsFound, asks: boolean): string | null {
  if (refusal !== undefined) return `not loaded, by the engine's word: ${refusal}`;
  if (mismatches.length > 0) return mismatchWords(mismatches);
  if (!asks || unlisted === undefined || unlisted.length === 0) return null;
  return `UNVERIFIED, because the engine lists none: ${shortened(unlisted, NAMED).join(', ')}`;
}

function whyExposure(exposure: ExposureVerdict): string | null {
  if (exposure.kind === 'within') return null;
  return exposure.kind === 'high'
    ? `exposure ${exposure.total} is above ${exposure.limit}`
    : unpricedWords(exposure);
}

function marketQuestions({ market }: Found, { market: rules }: RecoveryPolicy): Planned[] {
  if (market === null || market.kind === 'normal') return [];
  if (market.kind === 'closed') {
    if (rules.whenClosed === 'wait') return [];
    return [{ step: 'market', gate: 'market_closed', why: `closed: ${market.venues.join(', ')}` }];
  }
  const why =
    market.kind === 'volatile'
      ? `volatility ${market.highest} is above ${market.limit}`
      : `unknown: ${shortened(market.what, NAMED).join(', ')}`;
  return [{ step: 'market', gate: 'volatility', why }];
}
