/**
 * What a quantity is worth, and how many lots it makes, by the marks and specifications of its
 * venue.
 *
 * Invariants: a worth is in the cash assets, which count as 1 each; a market quoted in anything
 * else prices nothing, so that a small number of an expensive currency never looks small; where
 * several markets price one asset, the highest price counts; without a price the worth is unknown.
 */
import { Decimal, canonical, exceeds } from '../numbers/decimal.js';
import {
  baseAsset,
  isDerivative,
  quoteAsset,
  specOf,
  specsOf,
  type InstrumentSpecs,
} from './instruments.js';
import { notionalOf } from './valuation.js';
import { readableVenues, type ReadableVenue, type Snapshot } from './snapshot.js';

export interface Worth {
  /** Signed, decimal text in cash; null where no mark tells it. */
  positionNotional: (listing: Listing, quantity: string) => string | null;
  balanceNotional: (holding: Holdings, quantity: string) => string | null;
  /** How many quantity steps, signed, to 8 decimals; null where the step is not known. */
  positionLots: (listing: Listing, quantity: string) => string | null;
  balanceLots: (holding: Holdings, quantity: string) => string | null;
}

interface Listing {
  venue: string;
  account: string;
  instrument: string;
}

interface Holdings {
  venue: string;
  account: string;
  asset: string;
}

const LOT_DECIMALS = 8;

export function worthOf(snapshot: Snapshot, cashAssets: readonly string[]): Worth {
  const specs = specsOf(snapshot);
  const cash = new Set(cashAssets);
  const venues = readableVenues(snapshot);
  const instrumentMarks = new Map(venues.flatMap((venue) => marksOf(venue, cash)));
  const assetMarks = highestBy(venues.flatMap((venue) => assetMarksOf(venue, cash)));
  const steps = smallestBy(venues.flatMap(stepsOf));
  return {
    positionNotional(listing, quantity) {
      const mark = instrumentMarks.get(listingKey(listing));
      return mark === undefined ? null : notionalOf(quantity, mark, specOf(specs, listing));
    },
    balanceNotional({ venue, account, asset }, quantity) {
      if (cash.has(asset)) return canonical(quantity);
      const mark = assetMarks.get(`${venue}|${account}|${asset}`);
      return mark === undefined ? null : canonical(new Decimal(quantity).times(mark));
    },
    positionLots: (listing, quantity) => lots(quantity, stepOf(specs, listing)),
    balanceLots: ({ venue, account, asset }, quantity) =>
      lots(quantity, steps.get(`${venue}|${account}|${asset}`) ?? null),
  };
}

function listingKey({ venue, account, instrument }: Listing): string {
  return `${venue}|${account}|${instrument}`;
}

type Entry = readonly [key: string, value: string];

function marksOf({ venue, account, marks }: ReadableVenue, cash: ReadonlySet<string>): Entry[] {
  return Object.entries(marks).flatMap(([instrument, mark]) => {
    const priced = cash.has(quoteAsset(instrument) ?? '');
    return priced ? [[listingKey({ venue, account, instrument }), mark] as const] : [];
  });
}

function assetMarksOf(
  { venue, account, marks }: ReadableVenue,
  cash: ReadonlySet<string>,
): Entry[] {
  return Object.entries(marks).flatMap(([instrument, mark]) => {
    const [base, quote] = [baseAsset(instrument), quoteAsset(instrument)];
    if (base === undefined || !cash.has(quote ?? '')) return [];
    return [[`${venue}|${account}|${base}`, mark] as const];
  });
}

/** Of spot instruments only: a contract's step counts contracts, not the asset. */
function stepsOf({ venue, account, instruments }: ReadableVenue): Entry[] {
  return instruments.flatMap(({ instrument, quantityStep }) => {
    const base = baseAsset(instrument);
    if (base === undefined || quantityStep === null || isDerivative(instrument)) return [];
    return [[`${venue}|${account}|${base}`, quantityStep] as const];
  });
}

function highestBy(entries: readonly Entry[]): Map<string, string> {
  return bestBy(entries, (value, best) => exceeds(value, best));
}

function smallestBy(entries: readonly Entry[]): Map<string, string> {
  return bestBy(entries, (value, best) => exceeds(best, value));
}

function bestBy(entries: readonly Entry[], better: (value: string, best: string) => boolean) {
  const found = new Map<string, string>();
  for (const [key, value] of entries) {
    const best = found.get(key);
    if (best === undefined || better(value, best)) found.set(key, value);
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
