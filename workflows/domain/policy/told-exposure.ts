/**
 * The exposure that an engine figures itself, beside the venues'.
 *
 * Invariant: the venues' is what limits are held to; an engine that figures another has other books, or
 * prices, and that is asked about in both directions.
 */
import { absolute, exceeds, multiply, subtract } from '../numbers/decimal.js';

export interface ExposureTold {
  /** By the engine. */
  told: string;
  /** By the venues. */
  measured: string;
}

/** Apart by more than this part of the venues' figure. */
export function exposuresDiffer({ told, measured }: ExposureTold, band = '0'): boolean {
  return exceeds(absolute(subtract(told, measured)), absolute(multiply(measured, band)));
}

/** What people were shown covers what is no further apart, by the band. */
export function coversTold(
  approved: ExposureTold | null | undefined,
  { told, measured }: ExposureTold,
  band = '0',
): boolean {
  if (approved === null || approved === undefined) return false;
  const isNear = (now: string, shown: string) =>
    !exposuresDiffer({ told: now, measured: shown }, band);
  return isNear(told, approved.told) && isNear(measured, approved.measured);
}
