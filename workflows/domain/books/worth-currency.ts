/**
 * In which cash a worth is counted.
 *
 * Invariant: a currency is named only where it is the only one that a worth can be in; the cash
 * assets count as 1 each, so what several of them price is in none.
 */
import { quoteAsset } from './instruments.js';
import { pricingOf } from './pricing.js';
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
  const pricing = pricingOf(readableVenues(snapshot), cashAssets);
  return ({ venue, account, item, instrument }) => {
    if (instrument !== null) return quoteAsset(instrument) ?? null;
    const priced = pricing.assetPrice({ venue, account, asset: item });
    return priced?.pricedIn.size === 1 ? priced.cash : null;
  };
}
