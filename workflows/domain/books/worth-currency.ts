/**
 * In which cash a worth is counted.
 *
 * Invariant: a currency is named only where it is the only one that a worth can be in; the cash
 * assets count as 1 each, so what several of them price is in none.
 */
import { baseAsset, quoteAsset } from './instruments.js';
import { readableVenues, type Snapshot } from './snapshot.js';

interface Figure {
  venue: string;
  account: string;
  /** The asset, of a balance. */
  item: string;
  /** Null for a balance. */
  instrument: string | null;
}

export function worthCurrency(
  snapshot: Snapshot,
  cashAssets: readonly string[],
): (figure: Figure) => string | null {
  const pricing = pricingCash(snapshot, cashAssets);
  return ({ venue, account, item, instrument }) => {
    if (instrument !== null) return quoteAsset(instrument) ?? null;
    if (cashAssets.includes(item)) return item;
    const [only, ...others] = pricing.get(`${venue}|${account}|${item}`) ?? [];
    return only === undefined || others.length > 0 ? null : only;
  };
}

/** `venue|account|asset` → the kinds of cash that it has a price in. */
function pricingCash(snapshot: Snapshot, cashAssets: readonly string[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { venue, account, marks } of readableVenues(snapshot)) {
    for (const instrument of Object.keys(marks)) {
      const quote = quoteAsset(instrument) ?? '';
      if (!cashAssets.includes(quote)) continue;
      const key = `${venue}|${account}|${baseAsset(instrument) ?? ''}`;
      found.set(key, (found.get(key) ?? new Set()).add(quote));
    }
  }
  return found;
}
