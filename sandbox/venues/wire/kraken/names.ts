/** Kraken's names for assets, pairs and ledger entries. */
import type { Desk } from '../../desk.js';
import { MARGIN_SUFFIX, type Instrument } from '../../instruments.js';
import { Refusal } from '../../refusal.js';

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

/** A pair is named the same whether it is traded on margin or not. */
export function pairIdOf(instrument: Instrument): string {
  return instrument.nativeId.replace(MARGIN_SUFFIX, '');
}

export function isMargin({ nativeId }: Instrument): boolean {
  return nativeId.endsWith(MARGIN_SUFFIX);
}

export function spotPairs(desk: Desk): Instrument[] {
  return desk.instruments.filter((row) => !isMargin(row));
}

export function marginPairs(desk: Desk): Instrument[] {
  return desk.instruments.filter(isMargin);
}

export function findPair(rows: readonly Instrument[], name: string | null): Instrument {
  const found = rows.find((row) => pairIdOf(row) === name || altnameOf(row) === name);
  if (!found) throw new Refusal('bad-symbol', `unknown pair ${name ?? '(none)'}`);
  return found;
}

/** Of the entries that trades make; those of other flows have the flows' own ids. */
export function tradeEntryId(count: number): string {
  const digits = count.toString(36).toUpperCase().padStart(15, '0');
  return `LT${digits.slice(0, 4)}-${digits.slice(4, 9)}-${digits.slice(9)}`;
}
