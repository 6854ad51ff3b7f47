/** What an activity found, for who judges: its verdict in a word, and what people must be asked about it. */
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import type { Call } from './facts.js';

interface Found {
  kind: string;
  counts: Record<string, number>;
  mismatches: unknown[];
  unreadable: unknown[];
  unread: unknown[];
  warnings: { lost?: { count: number } };
  total: string;
  failed: unknown[];
}

export function saidOf(
  activity: string,
  { action }: { action?: string },
  result: unknown,
): string | null {
  const { kind, failed = [] } = (result ?? {}) as Partial<Found>;
  if (activity === 'containRisk') return containedAs(action, failed.length > 0);
  return typeof kind === 'string' ? kind : null;
}

/** Null where nobody need know of it: a switch that stays armed is waited for. */
function containedAs(action: string | undefined, hasFailed: boolean): string | null {
  if (action === 'disarm_dead_man_switch') return hasFailed ? null : 'disarmed';
  if (hasFailed) return 'failed';
  return action === 'dead_man_switch' ? 'armed' : null;
}

export function figureOf(activity: string, result: unknown): string | null {
  const { kind, total } = (result ?? {}) as Partial<Found>;
  return activity === 'measureExposure' && kind === 'high' ? (total ?? null) : null;
}

/** By the words of the procedure; each that is not answered holds trading up. */
const DOUBTS: Record<string, (found: Partial<Found>) => GateKind | null> = {
  measureExposure: ({ kind }) => (kind === 'within' ? null : 'exposure'),
  checkMarket: ofMarket,
  awaitMarketOpen: ofMarket,
  verifyRiskLimits: ({ mismatches = [] }) => (mismatches.length === 0 ? null : 'risk_limits'),
  takeSnapshot: ({ unreadable = [] }) => (unreadable.length === 0 ? null : 'venues_unreadable'),
  compareBooks: ({ unread = [] }) => (unread.length === 0 ? null : 'venues_unreadable'),
  reconcilePositions: ({ counts }) =>
    (counts?.['unexplained'] ?? 0) + (counts?.['unknown'] ?? 0) === 0 ? null : 'discrepancies',
  recoverOpenOrders: ({ counts, warnings }) => {
    if ((counts?.['unknown'] ?? 0) > 0) return 'unknown_orders';
    return (warnings?.lost?.count ?? 0) > 0 ? 'unprotected_positions' : null;
  },
};

function ofMarket({ kind }: Partial<Found>): GateKind | null {
  if (kind === 'normal') return null;
  return kind === 'closed' ? 'market_closed' : 'volatility';
}

export function doubtOf(activity: string, result: unknown): GateKind | null {
  return DOUBTS[activity]?.(result ?? {}) ?? null;
}

interface Containing {
  action: string;
  at?: Record<string, string>;
  venues?: string[];
  except?: string[];
}

interface Contained {
  failed?: string[];
  more?: { venues: string[] };
}

/** Of an activity that cancels orders. */
export function cancelsOf(activity: string, input: unknown, result: unknown): Call['cancels'] {
  if (activity !== 'containRisk') return null;
  const { action, at = {}, venues = null, except = [] } = input as Containing;
  const { failed = [], more } = result as Contained;
  return { action, at, venues, except, notClear: [...failed, ...(more?.venues ?? [])] };
}
