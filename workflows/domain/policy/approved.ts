/**
 * What an approval of a figure covers when it is measured again: as much as was shown, and a band
 * above it; of what was unknown, no more than was named.
 */
import { add, canonical, exceeds, isZero, multiply } from '../numbers/decimal.js';
import type { MarketVerdict } from './market.js';
import type { ExposureVerdict } from './risk.js';
import type { ExposureTold } from './told-exposure.js';

/** The verdicts that people have approved in one attempt. */
export interface Approved {
  exposure: ExposureVerdict | null;
  market: MarketVerdict | null;
  /** Limits that were expected and that the engine does not list. */
  unlisted: readonly string[] | null;
  /** Where the engine's own figure is another than the venues'. */
  told?: ExposureTold;
}

/**
 * The highest figure that an approval of `shown` covers. `band`: part of it, decimal text; missing
 * in policies of earlier versions.
 */
export function coveredUpTo(shown: string, band = '0'): string {
  return canonical(add(shown, multiply(shown, band)));
}

/** What is in `coveredUpTo` beyond what was shown, in words; empty where that is nothing. */
export function bandWords(band = '0'): string {
  return isZero(band) ? '' : `${canonical(multiply(band, '100'))} % (policy.risk.approvalBand)`;
}

/** False where nothing was approved: `within` needs no approval, and is none. */
export function coversExposure(
  approved: ExposureVerdict | null,
  now: ExposureVerdict,
  band?: string,
): boolean {
  if (approved?.kind === 'high' && now.kind === 'high') {
    return !exceeds(now.total, coveredUpTo(approved.total, band));
  }
  return (
    approved?.kind === 'unknown' &&
    now.kind === 'unknown' &&
    now.unpriced.every((item) => approved.unpriced.includes(item)) &&
    knownIsCovered(approved.total, now.total, band)
  );
}

/** What is known beside the unknown was shown too, and counts as any figure. */
function knownIsCovered(
  approved: string | undefined,
  now: string | undefined,
  band: string | undefined,
): boolean {
  if (now === undefined) return true;
  return approved !== undefined && !exceeds(now, coveredUpTo(approved, band));
}

export function coversMarket(
  approved: MarketVerdict | null,
  now: MarketVerdict,
  band?: string,
): boolean {
  if (approved?.kind === 'volatile' && now.kind === 'volatile') {
    return !exceeds(now.highest, coveredUpTo(approved.highest, band));
  }
  return (
    approved?.kind === 'unknown' &&
    now.kind === 'unknown' &&
    now.what.every((item) => approved.what.includes(item)) &&
    knownIsCovered(approved.highest, now.highest, band)
  );
}
