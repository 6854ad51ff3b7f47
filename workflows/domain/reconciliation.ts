/**
 * Internal state against exchange truth, per venue, account and instrument.
 *
 * Invariants: the venue is the source of truth; a figure is compared where either side holds it,
 * so that a position only the venue knows is found; venues are never summed, so offsetting errors
 * do not hide each other; what a venue could not tell is `unknown` and keeps its internal value.
 */
import { Decimal, canonical, exceeds, absolute, isZero } from './decimal.js';
import { effectOfFills, missingFills } from './fills.js';
import { readableVenues, type Snapshot } from './snapshot.js';
import {
  appliedFillId,
  balanceKey,
  positionKey,
  type Balance,
  type EngineState,
  type Fill,
  type Position,
} from './state.js';

export type Verdict = 'match' | 'explained' | 'unexplained' | 'unknown';

/** One figure. `explainedByFills` is the change that fills since the checkpoint account for. */
export interface ReconciliationLine {
  kind: 'position' | 'balance';
  venue: string;
  account: string;
  item: string;
  internal: string;
  exchange: string | null;
  difference: string | null;
  explainedByFills: string;
  unexplained: string | null;
  verdict: Verdict;
}

export interface Reconciliation {
  lines: ReconciliationLine[];
  fillsApplied: number;
  state: EngineState;
}

export interface ReconciliationCounts {
  match: number;
  explained: number;
  unexplained: number;
  unknown: number;
}

interface Figure {
  kind: 'position' | 'balance';
  venue: string;
  account: string;
  item: string;
  amount: string;
}

export function reconcile(
  internal: EngineState,
  snapshot: Snapshot,
  options: { tolerance: string },
): Reconciliation {
  const venues = readableVenues(snapshot);
  const fills = missingFills(
    internal,
    venues.flatMap((venue) => venue.fills),
  );
  const ours = figuresOf(internal);
  const theirs = figuresOf({
    positions: venues.flatMap((venue) => venue.positions),
    balances: venues.flatMap((venue) => venue.balances),
  });
  const read = new Set(venues.map((v) => `${v.venue}|${v.account}`));
  const effect = effectOfFills(fills);
  const lines = [...new Set([...ours.keys(), ...theirs.keys(), ...effect.keys()])]
    .sort()
    .flatMap((key) => compare(key, { ours, theirs, effect, read, tolerance: options.tolerance }));
  return { lines, fillsApplied: fills.length, state: reconciledState(internal, snapshot, fills) };
}

export function countVerdicts(lines: readonly ReconciliationLine[]): ReconciliationCounts {
  const counts = { match: 0, explained: 0, unexplained: 0, unknown: 0 };
  for (const line of lines) counts[line.verdict] += 1;
  return counts;
}

function figuresOf(state: Pick<EngineState, 'positions' | 'balances'>): Map<string, Figure> {
  const figures = new Map<string, Figure>();
  for (const p of state.positions) {
    const item = p.side === 'net' ? p.instrument : `${p.instrument} ${p.side}`;
    figures.set(positionKey(p), { kind: 'position', ...place(p), item, amount: p.quantity });
  }
  for (const b of state.balances) {
    figures.set(balanceKey(b), { kind: 'balance', ...place(b), item: b.asset, amount: b.total });
  }
  return figures;
}

function place({ venue, account }: { venue: string; account: string }) {
  return { venue, account };
}

interface Sides {
  ours: Map<string, Figure>;
  theirs: Map<string, Figure>;
  effect: Map<string, Decimal>;
  /** Accounts that were read; what any other holds is unknown, never flat. */
  read: Set<string>;
  tolerance: string;
}

function compare(key: string, sides: Sides): ReconciliationLine[] {
  const figure = sides.ours.get(key) ?? sides.theirs.get(key);
  if (figure === undefined) return [];
  const internal = canonical(sides.ours.get(key)?.amount ?? '0');
  const explainedByFills = canonical(sides.effect.get(key) ?? new Decimal(0));
  const { kind, venue, account, item } = figure;
  const base = { kind, venue, account, item, internal, explainedByFills };
  if (!sides.read.has(`${venue}|${account}`)) {
    return [{ ...base, exchange: null, difference: null, unexplained: null, verdict: 'unknown' }];
  }
  const exchange = canonical(sides.theirs.get(key)?.amount ?? '0');
  const difference = new Decimal(exchange).minus(internal);
  const unexplained = canonical(difference.minus(explainedByFills));
  const verdict = judge(canonical(difference), unexplained, sides.tolerance);
  return [{ ...base, exchange, difference: canonical(difference), unexplained, verdict }];
}

/** The tolerance itself still passes: only a difference above it is a discrepancy. */
function judge(difference: string, unexplained: string, tolerance: string): Verdict {
  if (exceeds(absolute(unexplained), tolerance)) return 'unexplained';
  return isZero(difference) || !exceeds(absolute(difference), tolerance) ? 'match' : 'explained';
}

/** Exchange truth where it could be read, internal belief where it could not. */
function reconciledState(internal: EngineState, snapshot: Snapshot, fills: Fill[]): EngineState {
  const venues = readableVenues(snapshot);
  const read = new Set(venues.map((v) => `${v.venue}|${v.account}`));
  const keep = (x: { venue: string; account: string }) => !read.has(`${x.venue}|${x.account}`);
  const positions: Position[] = venues.flatMap((v) => v.positions);
  const balances: Balance[] = venues.flatMap((v) => v.balances);
  return {
    ...internal,
    positions: [
      ...internal.positions.filter(keep),
      ...positions.filter((p) => !isZero(p.quantity)),
    ],
    balances: [...internal.balances.filter(keep), ...balances.filter((b) => !isZero(b.total))],
    appliedFills: withApplied(internal.appliedFills, fills),
  };
}

function withApplied(applied: EngineState['appliedFills'], fills: readonly Fill[]) {
  const merged = new Map(Object.entries(applied).map(([venue, ids]) => [venue, new Set(ids)]));
  for (const fill of fills) {
    const ids = merged.get(fill.venue) ?? new Set();
    merged.set(fill.venue, ids.add(appliedFillId(fill)));
  }
  return Object.fromEntries([...merged].map(([venue, ids]) => [venue, [...ids].sort()]));
}
