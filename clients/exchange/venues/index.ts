/** The adapter of each venue; any other ccxt venue has the generic one. */
import { binance } from './binance/spot.js';
import { binanceusdm } from './binance/usdm.js';
import { coinbase } from './coinbase/adapter.js';
import { generic } from './generic/adapter.js';
import { kraken } from './kraken/adapter.js';
import { krakenfutures } from './krakenfutures/adapter.js';
import type { VenueAdapter } from './adapter.js';

export type { Reach, VenueAdapter } from './adapter.js';
export { missingCapabilities } from './generic/adapter.js';

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
