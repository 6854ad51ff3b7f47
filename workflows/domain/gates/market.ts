/**
 * What is in the market while a question waits: positions with their stops, resting orders, exposure, differences.
 *
 * Invariants: bounded, and what is left out is counted; money is exact decimal text, null where no price is known;
 * what nobody knows is named in `unknown`, and is never nothing.
 */
import { printable } from '../content/printable.js';
import { firstOf, type Listed } from '../content/shortened.js';
import type { Protection } from '../orders/protection/stops.js';

/** How many of each list are shown. */
export const MOST_SHOWN = 12;
const LONGEST = 160;

export interface PositionView {
  venue: string;
  /** Instrument of a position, asset of a holding that has or had stops. */
  item: string;
  side: 'long' | 'short';
  /** Unsigned. */
  quantity: string;
  mark: string | null;
  /** Unsigned, in the quote currency; in the base currency's contracts where it is inverse. */
  notional: string | null;
  stop: Protection;
  /** Quantity that stops would close; null where unknown. */
  covered: string | null;
  /** Its own stops protected it better before the crash. */
  lost: boolean;
  /** By the engine's book, signed: `0` where it has none of it; missing of a holding, and in earlier versions. */
  before?: string;
}

/** Of what the engine's book held, and its venue does not. */
export interface GoneView {
  venue: string;
  item: string;
  /** Signed. */
  before: string;
}

/** What of an instrument or asset counts as exposure. */
export interface ExposedView {
  item: string;
  notional: string;
  /** Signed: what is beyond the baseline; missing in earlier versions. */
  quantity?: string;
  /** Inventory that is meant to be there, and does not count; missing where there is none. */
  baseline?: string;
}

export interface OrdersView {
  /** By the engine's own names, or as its whole account. */
  ours: number;
  others: number;
  /** Ours by type and side. */
  kinds: { what: string; count: number }[];
  /** Ours that can do nothing but close. */
  protective: Listed<string>;
}

export interface DifferenceView {
  venue: string;
  item: string;
  /** Null where the venue could not tell. */
  unexplained: string | null;
  /** Signed, in cash; null where no price is known. */
  notional: string | null;
  /** The price was there as the books were compared, and is there no more. */
  formerPrice?: true;
}

export interface MarketView {
  /** When the venues said so; null where none of it could be asked. */
  readAtMs: number | null;
  positions: Listed<PositionView>;
  /** Missing where there are none, and in earlier versions. */
  gone?: Listed<GoneView>;
  /** Null where no venue could be read. */
  orders: OrdersView | null;
  /** In cash terms, gross; `total` null where it is not known. */
  exposure: { total: string | null; by: Listed<ExposedView> };
  /** Null where nothing was compared yet. */
  differences: Listed<DifferenceView> | null;
  /** What venues with a difference do not tell, and so may be behind it; missing where they tell all. */
  leads?: string[];
  /** One sentence each. */
  unknown: string[];
}

/** Of what comes from outside. */
export function short(text: string): string {
  return firstOf(printable(text), LONGEST);
}

/** Where the look itself failed. `why`: in words. */
export function unseenMarket(why: string): MarketView {
  return {
    readAtMs: null,
    positions: { shown: [], count: 0 },
    orders: null,
    exposure: { total: null, by: { shown: [], count: 0 } },
    differences: null,
    unknown: [`all that is in the market: ${short(why)}`],
  };
}
