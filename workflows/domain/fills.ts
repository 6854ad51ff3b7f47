/**
 * What fills do to balances and positions.
 *
 * Invariants: a fill counts once however often it is reported (key: venue, instrument, trade id);
 * the order in which fills arrive does not change a quantity or a balance.
 */
import { Decimal, canonical } from './decimal.js';
import {
  appliedFillId,
  balanceKey,
  fillKey,
  positionKey,
  type EngineState,
  type Fill,
} from './state.js';

/** Fills that the state does not hold yet, each once, oldest first. */
export function missingFills(state: EngineState, fills: readonly Fill[]): Fill[] {
  const applied = new Map(
    Object.entries(state.appliedFills).map(([venue, ids]) => [venue, new Set(ids)]),
  );
  const unique = new Map<string, Fill>();
  for (const fill of fills) {
    if (!applied.get(fill.venue)?.has(appliedFillId(fill))) unique.set(fillKey(fill), fill);
  }
  return [...unique.values()].sort(
    (a, b) => a.timeMs - b.timeMs || (fillKey(a) < fillKey(b) ? -1 : 1),
  );
}

/** Change per position key and balance key that the fills explain. */
export function effectOfFills(fills: readonly Fill[]): Map<string, Decimal> {
  const effect = new Map<string, Decimal>();
  const change = (key: string, amount: Decimal) =>
    effect.set(key, (effect.get(key) ?? new Decimal(0)).plus(amount));
  for (const fill of fills) {
    if (isDerivative(fill.instrument)) applyDerivative(fill, change);
    else applySpot(fill, change);
    if (fill.fee !== null) {
      change(
        balanceKey({ ...fill, asset: fill.fee.asset }),
        new Decimal(fill.fee.amount).negated(),
      );
    }
  }
  return effect;
}

/** ccxt's unified symbols name a settlement asset after a colon for derivatives only. */
export function isDerivative(instrument: string): boolean {
  return instrument.includes(':');
}

export function signedQuantity(fill: Pick<Fill, 'side' | 'quantity'>): Decimal {
  const quantity = new Decimal(fill.quantity);
  return fill.side === 'buy' ? quantity : quantity.negated();
}

type Change = (key: string, amount: Decimal) => void;

function applyDerivative(fill: Fill, change: Change): void {
  change(positionKey({ ...fill, side: 'net' }), signedQuantity(fill));
  const settlement = fill.instrument.split(':')[1]?.split('-')[0];
  if (settlement !== undefined && fill.realizedPnl !== null) {
    change(balanceKey({ ...fill, asset: settlement }), new Decimal(fill.realizedPnl));
  }
}

function applySpot(fill: Fill, change: Change): void {
  const [base, quote] = fill.instrument.split('/');
  if (base === undefined || quote === undefined) return;
  const signed = signedQuantity(fill);
  change(balanceKey({ ...fill, asset: base }), signed);
  change(balanceKey({ ...fill, asset: quote }), signed.times(fill.price).negated());
}

/** Position after one more fill: quantity, and average price rounded half-even to 8 decimals. */
export function positionAfterFill(
  before: { quantity: string; averagePrice: string | null },
  fill: Pick<Fill, 'side' | 'quantity' | 'price'>,
): { quantity: string; averagePrice: string | null } {
  const held = new Decimal(before.quantity);
  const signed = signedQuantity(fill);
  const after = held.plus(signed);
  if (after.isZero()) return { quantity: '0', averagePrice: null };
  const grows = held.isZero() || held.isPositive() === signed.isPositive();
  if (grows) {
    const unknown = before.averagePrice === null && !held.isZero();
    if (unknown) return { quantity: canonical(after), averagePrice: null };
    const cost = held.times(before.averagePrice ?? 0).plus(signed.times(fill.price));
    return { quantity: canonical(after), averagePrice: roundPrice(cost.dividedBy(after)) };
  }
  const flipped = held.isPositive() !== after.isPositive();
  return {
    quantity: canonical(after),
    averagePrice: flipped ? canonical(fill.price) : before.averagePrice,
  };
}

function roundPrice(price: Decimal): string {
  return canonical(price.toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN));
}
