/**
 * How Kraken Futures writes values.
 *
 * Invariant: its numbers are JSON numbers, so digits beyond a double are lost here, as they are at
 * the venue.
 */
import type { Decimal } from '../../decimal.js';

export function jsonNumber(value: Decimal): number {
  return value.toNumber();
}

export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

const ASSETS: Readonly<Record<string, string>> = { BTC: 'XBT' };

export function assetId(asset: string): string {
  return ASSETS[asset] ?? asset;
}
