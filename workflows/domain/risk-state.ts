/**
 * What fills do to the risk state that must survive a crash: a loss made since the checkpoint is not
 * forgotten.
 *
 * Invariants: a daily result that is not known stays unknown; only what the venue says was realised
 * counts, less its fee where that is in the same asset; a latched breaker is never unlatched.
 */
import { Decimal, canonical } from './decimal.js';
import { settlementAsset } from './instruments.js';
import type { Fill, RiskState } from './state.js';

/** `fills`: those that the state does not hold yet, each once. Amounts in the settlement asset. */
export function riskAfterFills(risk: RiskState, fills: readonly Fill[]): RiskState {
  if (risk.dailyPnl === null) return risk;
  const daily = fills.reduce((sum, fill) => sum.plus(earnedBy(fill)), new Decimal(risk.dailyPnl));
  return { ...risk, dailyPnl: canonical(daily) };
}

function earnedBy({ instrument, realizedPnl, fee }: Fill): Decimal {
  if (realizedPnl === null) return new Decimal(0);
  const paid = fee !== null && fee.asset === settlementAsset(instrument) ? fee.amount : '0';
  return new Decimal(realizedPnl).minus(paid);
}
