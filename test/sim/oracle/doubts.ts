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
}

export function saidOf(result: unknown): string | null {
  const { kind } = (result ?? {}) as Partial<Found>;
  return typeof kind === 'string' ? kind : null;
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
