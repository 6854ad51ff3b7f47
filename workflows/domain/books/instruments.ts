/**
 * What an instrument's text and specification say: its assets, and where it settles.
 *
 * Invariants: ccxt's unified symbols, `BASE/QUOTE` on spot and `BASE/QUOTE:SETTLEMENT-…` for
 * derivatives; an instrument without a specification is linear, with a contract size of 1.
 */
import { specKey } from './keys.js';
import type { InstrumentSpec } from './state.js';

/** By `specKey`: how it is traded there. */
export type InstrumentSpecs = ReadonlyMap<string, InstrumentSpec>;

export const NO_SPECS: InstrumentSpecs = new Map();

interface Listing {
  venue: string;
  instrument: string;
}

export function specOf(specs: InstrumentSpecs, listing: Listing) {
  return specs.size === 0 ? undefined : specs.get(specKey(listing));
}

/** An inverse contract is worth a fixed amount of quote currency and settles in the base. */
export function isInverse(specs: InstrumentSpecs, listing: Listing): boolean {
  return specOf(specs, listing)?.inverse === true;
}

/** ccxt's unified symbols name a settlement asset after a colon for derivatives only. */
export function isDerivative(instrument: string): boolean {
  return instrument.includes(':');
}

export function quoteAsset(instrument: string): string | undefined {
  return instrument.split(':')[0]?.split('/')[1];
}

export function baseAsset(instrument: string): string | undefined {
  return instrument.includes('/') ? instrument.split('/')[0] : undefined;
}

/** Where results are paid. A margin trade on a spot instrument settles in its quote currency. */
export function settlementAsset(instrument: string): string | undefined {
  return isDerivative(instrument)
    ? instrument.split(':')[1]?.split('-')[0]
    : quoteAsset(instrument);
}

/** Those that a venue does not list, each once: a wrong name in the configuration, or one it dropped. */
export function unlistedAmong(
  asked: readonly string[],
  specs: readonly Pick<InstrumentSpec, 'instrument'>[],
): string[] {
  const listed = new Set(specs.map(({ instrument }) => instrument));
  return [...new Set(asked)].filter((instrument) => !listed.has(instrument));
}
