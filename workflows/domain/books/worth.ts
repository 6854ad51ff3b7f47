/**
 * What a quantity is worth, and how many lots it makes, by the marks and specifications of its
 * venue.
 *
 * Invariants: a worth is in cash, by the one rule of pricing; without a price it is unknown.
 */
import { Decimal, canonical, exceeds } from '../numbers/decimal.js';
import { specsOf } from './snapshot.js';
import { baseAsset, isDerivative, specOf, type InstrumentSpecs } from './instruments.js';
import { balanceKey, type AssetAt, type Listing } from './keys.js';
import { pricingOf } from './pricing.js';
import { notionalOf } from './valuation.js';
import { readableVenues, type ReadableVenue, type Snapshot } from './snapshot.js';

export interface Worth {
  /** Signed, decimal text in cash; null where no mark tells it. */
  positionNotional: (listing: Listing, quantity: string) => string | null;
  balanceNotional: (holding: AssetAt, quantity: string) => string | null;
  /** How many quantity steps, signed, to 8 decimals; null where the step is not known. */
  positionLots: (listing: Listing, quantity: string) => string | null;
  balanceLots: (holding: AssetAt, quantity: string) => string | null;
}

const LOT_DECIMALS = 8;

export function worthOf(snapshot: Snapshot, cashAssets: readonly string[]): Worth {
  const specs = specsOf(snapshot);
  const venues = readableVenues(snapshot);
  const pricing = pricingOf(venues, cashAssets);
  const steps = smallestBy(venues.flatMap(stepsOf));
  return {
    positionNotional(listing, quantity) {
      const price = pricing.instrumentPrice(listing);
      return price === null ? null : notionalOf(quantity, price, specOf(specs, listing));
    },
    balanceNotional: (holding, quantity) =>
      notionalOf(quantity, pricing.assetPrice(holding)?.price ?? null),
    positionLots: (listing, quantity) => lots(quantity, stepOf(specs, listing)),
    balanceLots: (holding, quantity) => lots(quantity, steps.get(balanceKey(holding)) ?? null),
  };
}

type Entry = readonly [key: string, value: string];

/** Of spot instruments only: a contract's step counts contracts, not the asset. */
function stepsOf({ venue, account, instruments }: ReadableVenue): Entry[] {
  return instruments.flatMap(({ instrument, quantityStep }) => {
    const base = baseAsset(instrument);
    if (base === undefined || quantityStep === null || isDerivative(instrument)) return [];
    return [[balanceKey({ venue, account, asset: base }), quantityStep] as const];
  });
}

function smallestBy(entries: readonly Entry[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of entries) {
    const best = found.get(key);
    if (best === undefined || exceeds(best, value)) found.set(key, value);
  }
  return found;
}

function stepOf(specs: InstrumentSpecs, listing: Listing): string | null {
  return specOf(specs, listing)?.quantityStep ?? null;
}

function lots(quantity: string, step: string | null): string | null {
  if (step === null || !exceeds(step, '0')) return null;
  const count = new Decimal(quantity).dividedBy(step);
  return canonical(count.toDecimalPlaces(LOT_DECIMALS, Decimal.ROUND_HALF_EVEN));
}
