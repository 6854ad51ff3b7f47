/**
 * Makes what a gate shows of the market, from what the venues said and what it is worth.
 *
 * Invariant: a venue that could not be read is named in `unknown`; what the engine's own book has there is shown as
 * `unknown`, never as flat.
 */
import { listed } from '../../content/shortened.js';
import { whyWords } from '../../books/fault-words.js';
import { specOf } from '../../books/instruments.js';
import { readableVenues, specsOf, unreadableVenues, type Snapshot } from '../../books/snapshot.js';
import type { EngineState, Order } from '../../books/state.js';
import { notionalOf } from '../../books/valuation.js';
import { absolute, add, exceeds } from '../../numbers/decimal.js';
import { isProtective, sizeText } from '../../orders/protection/protective.js';
import { checkProtection } from '../../orders/protection/protection.js';
import type { ProtectionLine } from '../../orders/protection/stops.js';
import type { Exposure } from '../../policy/risk.js';
import type { ReconciliationLine } from '../../reconciliation/line.js';
import {
  MOST_SHOWN,
  short,
  type DifferenceView,
  type MarketView,
  type OrdersView,
  type PositionView,
} from '../market.js';

export interface MarketFacts {
  snapshot: Snapshot;
  /** The engine's own book before the crash: empty where there is none. */
  before: EngineState;
  isOurs: (order: Order) => boolean;
  /** Null where prices could not be read. */
  exposure: Exposure | null;
  /** Null where nothing was compared yet. */
  lines: readonly ReconciliationLine[] | null;
}

export function marketView(facts: MarketFacts): MarketView {
  const { snapshot, before, exposure, lines } = facts;
  const readable = readableVenues(snapshot);
  const held = checkProtection(before, snapshot).map((line) => positionView(line, facts));
  return {
    readAtMs: readable.length === 0 ? null : snapshot.takenAtMs,
    positions: listed(held.toSorted(byWeight), MOST_SHOWN),
    orders: readable.length === 0 ? null : ordersView(facts),
    exposure: exposureView(exposure),
    differences: lines === null ? null : listed(differing(lines), MOST_SHOWN),
    unknown: unknownIn(facts),
  };
}

function positionView(
  { held, covered, protection, lost }: ProtectionLine,
  { snapshot, exposure }: MarketFacts,
): PositionView {
  const [item, signed] =
    'instrument' in held ? [held.instrument, held.quantity] : [held.asset, held.total];
  const priced = exposure?.items.find((one) => one.item === `${held.venue} ${item}`);
  const mark = priced?.mark ?? null;
  const spec = 'instrument' in held ? specOf(specsOf(snapshot), held) : undefined;
  const notional = mark === null ? null : notionalOf(signed, mark, spec);
  return {
    venue: held.venue,
    item: short(item),
    side: exceeds('0', signed) ? 'short' : 'long',
    quantity: absolute(signed),
    mark,
    notional: notional === null ? null : absolute(notional),
    stop: protection,
    covered,
    lost,
  };
}

/** What lost its stop first, then what is worth most; what has no price before what is small. */
function byWeight(a: PositionView, b: PositionView): number {
  if (a.lost !== b.lost) return a.lost ? -1 : 1;
  if (a.notional === null || b.notional === null) {
    return Number(a.notional !== null) - Number(b.notional !== null);
  }
  if (exceeds(a.notional, b.notional)) return -1;
  return exceeds(b.notional, a.notional) ? 1 : 0;
}

function ordersView({ snapshot, isOurs }: MarketFacts): OrdersView {
  const all = readableVenues(snapshot).flatMap(({ orders }) => orders);
  const ours = all.filter(isOurs);
  const kinds = new Map<string, number>();
  for (const { type, side } of ours) {
    const what = short(`${type} ${side}`);
    kinds.set(what, (kinds.get(what) ?? 0) + 1);
  }
  const sorted = [...kinds].map(([what, count]) => ({ what, count }));
  return {
    ours: ours.length,
    others: all.length - ours.length,
    kinds: sorted.toSorted((a, b) => b.count - a.count).slice(0, MOST_SHOWN),
    protective: listed(ours.filter(isProtective).map(orderText), MOST_SHOWN),
  };
}

function orderText({
  venue,
  instrument,
  side,
  quantity,
  triggerPrice,
  clientOrderId,
}: Order): string {
  const at = triggerPrice === undefined ? 'trails' : `at ${triggerPrice}`;
  return short(`${venue} ${instrument} ${side} ${sizeText(quantity)} ${at} (${clientOrderId})`);
}

function exposureView(exposure: Exposure | null): MarketView['exposure'] {
  if (exposure === null) return { total: null, by: { shown: [], count: 0 } };
  const by = new Map<string, string>();
  for (const { item, notional } of exposure.items) by.set(item, add(by.get(item) ?? '0', notional));
  const rows = [...by].map(([item, notional]) => ({ item: short(item), notional }));
  const sorted = rows.toSorted((a, b) => (exceeds(a.notional, b.notional) ? -1 : 1));
  // What has no price may be the most of it.
  const total = exposure.unpriced.length === 0 ? exposure.total : null;
  return { total, by: listed(sorted, MOST_SHOWN) };
}

function differing(lines: readonly ReconciliationLine[]): DifferenceView[] {
  return lines
    .filter(({ verdict }) => verdict === 'unexplained' || verdict === 'unknown')
    .map(({ venue, item, unexplained, notional }) => ({
      venue,
      item: short(item),
      unexplained,
      notional,
    }));
}

function unknownIn({ snapshot, exposure }: MarketFacts): string[] {
  const away = unreadableVenues(snapshot).map(
    ({ venue, why }) => `${venue} cannot be read: positions and orders there (${whyWords(why)})`,
  );
  const unpriced = (exposure?.unpriced ?? []).map(
    (item) => `what ${item} is worth: it has no price`,
  );
  const prices = exposure === null ? ['what anything is worth: prices cannot be read'] : [];
  const all = [...away, ...prices, ...unpriced].map(short);
  const rest = all.length - MOST_SHOWN;
  return rest <= 0 ? all : [...all.slice(0, MOST_SHOWN), `and ${rest} more`];
}
