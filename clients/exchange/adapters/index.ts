/** The adapter of each venue; any other ccxt venue has the generic one. */
import { binance } from './binance.js';
import { binanceusdm } from './binanceusdm.js';
import { coinbase } from './coinbase.js';
import { generic } from './generic.js';
import { kraken } from './kraken.js';
import { krakenfutures } from './krakenfutures.js';
import type { VenueAdapter } from './adapter.js';

export type { Reach, VenueAdapter } from './adapter.js';
export { missingCapabilities } from './generic.js';

const ADAPTERS: Readonly<Record<string, VenueAdapter>> = {
  binance,
  binanceusdm,
  coinbase,
  kraken,
  krakenfutures,
};

export function adapterOf(ccxtId: string): VenueAdapter {
  return ADAPTERS[ccxtId] ?? generic;
}

export function isGeneric(ccxtId: string): boolean {
  return ADAPTERS[ccxtId] === undefined;
}
