/**
 * Makes what a gate shows of the market, from what the venues said and what it is worth.
 *
 * Invariant: a venue that could not be read is named in `unknown`; what the engine's own book has there is shown as
 * `unknown`, never as flat.
 */
import { listed } from '../../content/shortened.js';
import { whyWords } from '../../books/fault-words.js';
import { specOf, type InstrumentSpecs } from '../../books/instruments.js';
import { accountKey, baselineKey, positionKey } from '../../books/keys.js';
import { readableVenues, specsOf, unreadableVenues, type Snapshot } from '../../books/snapshot.js';
import type { EngineState, Order } from '../../books/state.js';
import { notionalOf } from '../../books/valuation.js';
import { absolute, add, exceeds, isZero } from '../../numbers/decimal.js';
import { isProtective, sizeText } from '../../orders/protection/protective.js';
import { checkProtection } from '../../orders/protection/protection.js';
import type { ProtectionLine } from '../../orders/protection/stops.js';
import type { Exposure } from '../../policy/risk.js';
import type { ReconciliationLine } from '../../reconciliation/line.js';
import {
  MOST_SHOWN,
  short,
  type DifferenceView,
  type ExposedView,
  type GoneView,
  type MarketView,
  type OrdersView,
  type PositionView,
} from '../market.js';

export interface MarketFacts {
  snapshot: Snapshot;
  /** The engine's own book before the crash: empty where there is none. */
  before: EngineState;
  /** `venue|ASSET` → inventory that belongs there and is no exposure. */
  baseline: Readonly<Record<string, string>>;
  isOurs: (order: Order) => boolean;
  /** Null where prices could not be read. */
  exposure: Exposure | null;
  /** Null where nothing was compared yet. */
  lines: readonly ReconciliationLine[] | null;
  /** What the venues said as it was; null as `lines`. */
  compared: Snapshot | null;
}

/** What is asked of each row, made once: of thousands of rows, each would look through all. */
interface Index {
  specs: InstrumentSpecs;
  /** By the name that an item of the exposure has. */
  marks: ReadonlyMap<string, string>;
  /** Null: nothing has a price now. */
  unpriced: ReadonlySet<string> | null;
  /** `positionKey` → quantity in the engine's book. */
  heldBefore: ReadonlyMap<string, string>;
}

function indexOf({ snapshot, before, exposure }: MarketFacts): Index {
  return {
    specs: specsOf(snapshot),
    marks: firstOfEach((exposure?.items ?? []).map(({ item, mark }) => [item, mark])),
    unpriced: exposure === null ? null : new Set(exposure.unpriced),
    heldBefore: firstOfEach(before.positions.map((one) => [positionKey(one), one.quantity])),
  };
}

function firstOfEach(entries: readonly (readonly [string, string])[]): Map<string, string> {
  return new Map(entries.toReversed());
}

export function marketView(facts: MarketFacts): MarketView {
  const { snapshot, before, lines } = facts;
  const readable = readableVenues(snapshot);
  const index = indexOf(facts);
  const held = checkProtection(before, snapshot).map((line) => positionView(line, index));
  const gone = goneSince(facts);
  const leads = leadsIn(facts);
  return {
    readAtMs: readable.length === 0 ? null : snapshot.takenAtMs,
    positions: listed(held.toSorted(byWeight), MOST_SHOWN),
    ...(gone.length > 0 && { gone: listed(gone, MOST_SHOWN) }),
    orders: readable.length === 0 ? null : ordersView(facts),
    exposure: exposureView(facts),
    differences: lines === null ? null : listed(differing(lines, index), MOST_SHOWN),
    ...(leads.length > 0 && { leads }),
    unknown: unknownIn(facts),
  };
}

function positionView(
  { held, covered, protection, lost }: ProtectionLine,
  { specs, marks, heldBefore }: Index,
): PositionView {
  const [item, signed] =
    'instrument' in held ? [held.instrument, held.quantity] : [held.asset, held.total];
  const mark = marks.get(`${held.venue} ${item}`) ?? null;
  const spec = 'instrument' in held ? specOf(specs, held) : undefined;
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
    ...('instrument' in held && { before: heldBefore.get(positionKey(held)) ?? '0' }),
  };
}

/** Of venues that could be read: at any other nothing is known to be gone. */
function goneSince({ snapshot, before }: MarketFacts): GoneView[] {
  const read = readableVenues(snapshot);
  const there = new Set(read.map(accountKey));
  const now = read.flatMap(({ positions }) =>
    positions.filter(({ quantity }) => !isZero(quantity)),
  );
  const held = new Set(now.map(positionKey));
  return before.positions
    .filter((one) => !isZero(one.quantity) && there.has(accountKey(one)))
    .filter((one) => !held.has(positionKey(one)))
    .map(({ venue, instrument, quantity }) => ({
      venue,
      item: short(instrument),
      before: quantity,
    }));
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

function exposureView({ exposure, baseline, snapshot }: MarketFacts): MarketView['exposure'] {
  if (exposure === null) return { total: null, by: { shown: [], count: 0 } };
  const meant = baselinesBy(snapshot, baseline);
  const by = new Map<string, ExposedView & { quantity: string }>();
  for (const { item, notional, quantity } of exposure.items) {
    const known = by.get(item) ?? { item: short(item), notional: '0', quantity: '0' };
    const sums = {
      notional: add(known.notional, notional),
      quantity: add(known.quantity, quantity),
    };
    by.set(item, { ...known, ...sums, ...meant.get(item) });
  }
  const sorted = [...by.values()].toSorted((a, b) => (exceeds(a.notional, b.notional) ? -1 : 1));
  // What has no price may be the most of it.
  const total = exposure.unpriced.length === 0 ? exposure.total : null;
  return { total, by: listed(sorted, MOST_SHOWN) };
}

/** By the name that an item of the exposure has. */
function baselinesBy(
  snapshot: Snapshot,
  baseline: MarketFacts['baseline'],
): Map<string, { baseline: string }> {
  const balances = readableVenues(snapshot).flatMap((venue) => venue.balances);
  return new Map(
    balances.flatMap((held) => {
      const meant = baseline[baselineKey(held)];
      if (meant === undefined || isZero(meant)) return [];
      return [[`${held.venue} ${held.asset}`, { baseline: meant }] as const];
    }),
  );
}

/** A difference has a price wherever what differs has one, of now or of when the books were compared. */
function differing(lines: readonly ReconciliationLine[], index: Index): DifferenceView[] {
  return lines.filter(isOpen).map((line) => {
    const { venue, item, unexplained, notional } = line;
    const isFormer = notional !== null && isUnpriced(`${venue} ${item}`, index);
    const shown = {
      venue,
      item: short(item),
      unexplained,
      notional: notional ?? worthNow(line, index),
    };
    return isFormer ? { ...shown, formerPrice: true as const } : shown;
  });
}

function worthNow(
  { venue, item, instrument, unexplained }: ReconciliationLine,
  { specs, marks }: Index,
): string | null {
  const mark = marks.get(`${venue} ${instrument ?? item}`);
  if (mark === undefined || unexplained === null) return null;
  const spec = instrument === null ? undefined : specOf(specs, { venue, instrument });
  return notionalOf(unexplained, mark, spec);
}

function isOpen({ verdict }: ReconciliationLine): boolean {
  return verdict === 'unexplained' || verdict === 'unknown';
}

/** Now, whatever prices there were when the books were compared. */
function isUnpriced(item: string, { unpriced }: Index): boolean {
  return unpriced === null || unpriced.has(item);
}

/** Of the venues that differ alone: what the others do not tell explains nothing here. */
function leadsIn({ lines, compared }: MarketFacts): string[] {
  if (lines === null || compared === null) return [];
  const differ = new Set(lines.filter(isOpen).map(accountKey));
  const said = readableVenues(compared)
    .filter((venue) => differ.has(accountKey(venue)))
    .flatMap(({ venue, gaps }) => gaps.map((gap) => short(`${venue}: ${whyWords(gap)}`)));
  return [...new Set(said)].slice(0, MOST_SHOWN);
}

function unknownIn({ snapshot, exposure }: MarketFacts): string[] {
  const away = unreadableVenues(snapshot).map(
    ({ venue, why }) => `${venue} cannot be read: positions and orders there (${whyWords(why)})`,
  );
  const unpriced = (exposure?.unpriced ?? []).map(
    (item) => `what ${item} is worth now: no price of it can be read`,
  );
  const prices = exposure === null ? ['what anything is worth now: prices cannot be read'] : [];
  const all = [...away, ...prices, ...unpriced].map(short);
  const rest = all.length - MOST_SHOWN;
  return rest <= 0 ? all : [...all.slice(0, MOST_SHOWN), `and ${rest} more`];
}
