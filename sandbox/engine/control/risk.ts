/**
 * The engine's own risk rules.
 *
 * Invariants: the breaker latches and never unlatches by itself; an order above a limit is not
 * placed.
 */
import {
  absolute,
  add,
  canonical,
  exceeds,
  multiply,
  subtract,
} from '../../../workflows/domain/numbers/decimal.js';
import { isDerivative } from '../../../workflows/domain/books/fills.js';
import { textOf } from '../../../workflows/domain/numbers/fixed-point.js';
import { breaksDailyLoss, earnedBy } from '../../../workflows/domain/reconciliation/risk-state.js';
import type { Fill, Order, RiskState } from '../../../workflows/domain/books/state.js';
import type { EngineConfig } from '../config.js';

/** A daily result that could not be known after a crash stays unknown. */
export function riskAfterFill(risk: RiskState, fill: Fill, maxDailyLoss: string): RiskState {
  if (risk.dailyPnl === null || !isDerivative(fill.instrument)) return risk;
  const dailyPnl = add(risk.dailyPnl, textOf(earnedBy(fill)));
  const breaks = isTripped(risk, maxDailyLoss) || breaksDailyLoss(dailyPnl, maxDailyLoss);
  return { dailyPnl, breakerLatched: breaks };
}

/**
 * Latched, or begun with a loss beyond the limit. That latches nothing by itself: the state that an
 * engine boots from is held unchanged until it trades, which it then never does.
 */
export function isTripped({ dailyPnl, breakerLatched }: RiskState, maxDailyLoss: string): boolean {
  return breakerLatched || breaksDailyLoss(dailyPnl, maxDailyLoss);
}

export function withinLimits(
  order: Pick<Order, 'side' | 'price' | 'quantity' | 'instrument'>,
  held: string,
  limits: EngineConfig['limits'],
): boolean {
  const notional = multiply(order.quantity, order.price ?? '0');
  if (exceeds(notional, limits.maxOrderNotional)) return false;
  if (!isDerivative(order.instrument)) return true;
  const after = order.side === 'buy' ? add(held, order.quantity) : subtract(held, order.quantity);
  return !exceeds(absolute(after), limits.maxPosition);
}

/** Gross notional of positions. Null where a position has no price: unknown is not small. */
export function positionExposure(
  positions: readonly { venue: string; instrument: string; quantity: string }[],
  priceOf: (venue: string, instrument: string) => string | null,
): string | null {
  let total = '0';
  for (const { venue, instrument, quantity } of positions) {
    if (canonical(quantity) === '0') continue;
    const price = priceOf(venue, instrument);
    if (price === null) return null;
    total = add(total, multiply(absolute(quantity), price));
  }
  return total;
}
