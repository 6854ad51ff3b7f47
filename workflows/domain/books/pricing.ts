/**
 * What an instrument and an asset are priced at, by the marks of their own account.
 *
 * Invariants: only markets quoted in cash price anything in cash, so that a small number of an
 * expensive currency never looks small; cash assets count as 1 each; where several markets price one
 * asset the highest counts, whatever order they come in; a mark of one account prices nothing in
 * another; what has no price is unknown, never zero.
 */
import { exceeds } from '../numbers/decimal.js';
import { baseAsset, quoteAsset } from './instruments.js';
import {
  accountKey,
  balanceKey,
  listingKey,
  type Account,
  type AssetAt,
  type Listing,
} from './keys.js';

/** `marks`: instrument → price in its own quote currency, decimal text. */
export interface Marks extends Account {
  marks: Readonly<Record<string, string>>;
  /** Of what is held, the markets that the venue lists, with a mark or without; left out: not known. */
  listed?: readonly string[] | undefined;
  /** Asset → the one that it is in another wallet, as its venue states it; priced as that. */
  sameAs?: Readonly<Record<string, string>> | undefined;
}

interface AssetPrice {
  price: string;
  /** The cash in which `price` stands. */
  cash: string;
  /** Every cash that has a market of it. */
  pricedIn: ReadonlySet<string>;
}

/** Decimal text; null where no mark tells it. */
export interface Pricing {
  /** In the instrument's own quote currency, cash or not. */
  markOf: (listing: Listing) => string | null;
  /** In cash. */
  instrumentPrice: (listing: Listing) => string | null;
  /** In cash. */
  assetPrice: (holding: AssetAt) => AssetPrice | null;
  /** What it is, in whatever wallet: its own name where its venue says no other. */
  assetOf: (holding: AssetAt) => string;
  /** No market in cash of its account is listed that would price it: it will never have a price. */
  isUnquoted: (holding: AssetAt) => boolean;
}

/** `cashAssets`: of two markets with one price, the one in the earlier of these is named. */
export function pricingOf(venues: readonly Marks[], cashAssets: readonly string[]): Pricing {
  const rank = new Map(cashAssets.map((asset, index) => [asset, index]));
  const listed = venues.flatMap(markets);
  const marks = new Map(listed.map((market) => [listingKey(market), market.mark]));
  const assets = assetPrices(listed, rank);
  const others = new Map(venues.flatMap(otherNames));
  const markOf = (listing: Listing) => marks.get(listingKey(listing)) ?? null;
  const assetOf = (holding: AssetAt) => others.get(balanceKey(holding)) ?? holding.asset;
  let isQuoted: ReturnType<typeof quotedBy> | undefined;
  return {
    markOf,
    assetOf,
    isUnquoted: (holding) => {
      const has = (isQuoted ??= quotedBy(venues, rank));
      return !has(holding) && !has({ ...holding, asset: assetOf(holding) });
    },
    instrumentPrice: (listing) =>
      rank.has(quoteAsset(listing.instrument) ?? '') ? markOf(listing) : null,
    assetPrice: (holding) => {
      const own = assets.get(balanceKey(holding));
      if (own !== undefined && !rank.has(holding.asset)) return own;
      const asset = assetOf(holding);
      if (rank.has(asset)) return { price: '1', cash: asset, pricedIn: new Set([asset]) };
      return assets.get(balanceKey({ ...holding, asset })) ?? null;
    },
  };
}

function otherNames({ venue, account, sameAs = {} }: Marks) {
  return Object.entries(sameAs).map(
    ([asset, other]) => [balanceKey({ venue, account, asset }), other] as const,
  );
}

/** True of an account whose list of markets is not known, too. */
function quotedBy(
  venues: readonly Marks[],
  rank: ReadonlyMap<string, number>,
): (holding: AssetAt) => boolean {
  const known = new Set(venues.filter(({ listed }) => listed !== undefined).map(accountKey));
  const quoted = new Set(venues.flatMap((venue) => quotedAt(venue, rank)));
  return (holding) =>
    !known.has(accountKey(holding)) || rank.has(holding.asset) || quoted.has(balanceKey(holding));
}

/** By balance key. */
function quotedAt(
  { venue, account, marks, listed = [] }: Marks,
  rank: ReadonlyMap<string, number>,
): string[] {
  return [...listed, ...Object.keys(marks)].flatMap((instrument) => {
    const asset = baseAsset(instrument);
    if (asset === undefined || !rank.has(quoteAsset(instrument) ?? '')) return [];
    return [balanceKey({ venue, account, asset })];
  });
}

interface Market extends Listing {
  mark: string;
}

function markets({ venue, account, marks }: Marks): Market[] {
  return Object.entries(marks).map(([instrument, mark]) => ({ venue, account, instrument, mark }));
}

/** By balance key. */
function assetPrices(
  listed: readonly Market[],
  rank: ReadonlyMap<string, number>,
): Map<string, AssetPrice> {
  const found = new Map<string, AssetPrice>();
  for (const { venue, account, instrument, mark } of listed) {
    const [asset, cash] = [baseAsset(instrument), quoteAsset(instrument) ?? ''];
    if (asset === undefined || !rank.has(cash)) continue;
    const key = balanceKey({ venue, account, asset });
    const before = found.get(key);
    const pricedIn = new Set(before?.pricedIn).add(cash);
    const now = { price: mark, cash };
    const best = before === undefined || isBetter(now, before, rank) ? now : before;
    found.set(key, { price: best.price, cash: best.cash, pricedIn });
  }
  return found;
}

function isBetter(
  now: Pick<AssetPrice, 'price' | 'cash'>,
  before: Pick<AssetPrice, 'price' | 'cash'>,
  rank: ReadonlyMap<string, number>,
): boolean {
  if (exceeds(now.price, before.price)) return true;
  if (exceeds(before.price, now.price)) return false;
  return (rank.get(now.cash) ?? 0) < (rank.get(before.cash) ?? 0);
}
