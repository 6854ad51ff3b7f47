// Kraken's names for assets and pairs.
import type { Instrument } from '../../instruments.js';

const ASSETS: Readonly<Record<string, { id: string; altname: string; places: number }>> = {
  BTC: { id: 'XXBT', altname: 'XBT', places: 10 },
  ETH: { id: 'XETH', altname: 'ETH', places: 10 },
  USD: { id: 'ZUSD', altname: 'USD', places: 4 },
};

/** Assets Kraken has no old-style name for keep their own. */
export function assetNames(asset: string) {
  return ASSETS[asset] ?? { id: asset, altname: asset, places: 8 };
}

export function altnameOf(instrument: Instrument): string {
  return assetNames(instrument.base).altname + assetNames(instrument.quote).altname;
}
