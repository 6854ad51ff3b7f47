/** Money in the cells of tables. */
import { moneyText } from '../../../workflows/domain/numbers/money-text.js';

/** Money that comes from a price. */
export function worthText(
  { notional, notionalAsset }: { notional: string | null; notionalAsset: string | null },
  otherwise: string,
): string {
  return notional === null ? otherwise : withCurrency(moneyText(notional), notionalAsset);
}

export function withCurrency(amount: string, currency: string | null): string {
  return currency === null ? amount : `${amount} ${currency}`;
}
