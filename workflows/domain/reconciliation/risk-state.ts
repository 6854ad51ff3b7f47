/**
 * What fills do to the risk state that must survive a crash: a loss made since the checkpoint is not
 * forgotten.
 *
 * Invariants: a daily result that is not known stays unknown, and becomes so where a venue told no
 * result of a fill that closed something, or told it in an asset that is no cash; only what the
 * venue says was realised counts, less its fee where that is in the same asset; a loss beyond the
 * limit latches the breaker, and nothing unlatches it; where a result that became unknown may be beyond the
 * limit, so is the breaker, unless the engine has none.
 */
import { parseFigureKey, sideKey } from '../books/keys.js';
import { exceeds, negate } from '../numbers/decimal.js';
import { feesOf, resultAsset, type FillGroup } from '../books/fills.js';
import {
  ZERO,
  fixed,
  magnitude,
  minus,
  plus,
  signOf,
  textOf,
  type FixedPoint,
} from '../numbers/fixed-point.js';
import { signed } from '../books/holding.js';
import type { Fill, RiskState } from '../books/state.js';
import type { Breaker } from '../policy/policy.js';

export interface RiskRules {
  /** Worth 1 each; a result in any other asset is none that can be added up. */
  cashAssets: readonly string[];
  /** In cash, above zero; the limit itself still passes. */
  maxDailyLoss?: string | undefined;
  /** Missing, of earlier versions: a breaker that is not known to be latched is not. */
  breaker?: Breaker | undefined;
  /** By position key, before the fills: signed. */
  held?: (positionKey: string) => string | undefined;
  /** Fills that may be in the daily result already. */
  maybeCounted?: (positionKey: string, fill: Fill) => boolean;
}

export interface RiskAfterFills {
  risk: RiskState;
  /** Why the daily result is not known, where fills made it so. */
  unknowns: string[];
}

/** `groups`: fills that the state does not hold yet, each once, oldest first within a group. */
export function riskAfterFills(
  risk: RiskState,
  groups: readonly FillGroup[],
  rules: RiskRules,
): RiskAfterFills {
  if (risk.dailyPnl === null) return { risk, unknowns: [] };
  const results = groups.map((group) => resultOf(group, rules));
  const sum = results.reduce((total, { cash }) => plus(total, cash), fixed(risk.dailyPnl));
  const unknowns = results.flatMap(({ unknown }) => unknown);
  const { maxDailyLoss, breaker } = rules;
  const breaks = breaksDailyLoss(textOf(sum), maxDailyLoss);
  const mayBreak = unknowns.length > 0 && maxDailyLoss !== undefined && breaker === 'engine';
  const otherwise = risk.breakerLatched === false && mayBreak ? null : risk.breakerLatched;
  return {
    risk: {
      dailyPnl: unknowns.length === 0 ? textOf(sum) : null,
      breakerLatched: breaks ? true : otherwise,
    },
    unknowns: unknowns.map((why) => `daily profit and loss: ${why}`),
  };
}

/** As a state is handed to an engine: nobody has said that a breaker which is not known is released. */
export function withLatch<State extends { risk: RiskState }>(state: State): State {
  const { risk } = state;
  return risk.breakerLatched === null
    ? { ...state, risk: { ...risk, breakerLatched: true } }
    : state;
}

export function breaksDailyLoss(dailyPnl: string | null, maxDailyLoss: string | undefined) {
  if (dailyPnl === null || maxDailyLoss === undefined) return false;
  return exceeds(negate(maxDailyLoss), dailyPnl);
}

interface Result {
  /** What is known of it. */
  cash: FixedPoint;
  unknown: string[];
}

function resultOf(group: FillGroup, rules: RiskRules): Result {
  const { venue, instrument, positionKey, fills } = group;
  if (positionKey === null) return { cash: ZERO, unknown: [] };
  const untold = untoldClose(fills, rules.held?.(positionKey));
  const { cash, elsewhere, doubtful } = sumsOf(positionKey, fills, rules);
  const said = (amount: FixedPoint, why: (amount: string) => string) =>
    signOf(amount) === 0 ? [] : [`${venue} ${instrument} ${why(textOf(amount))}`];
  return {
    cash,
    unknown: [
      ...(namesNoSide(positionKey, fills, rules)
        ? [`${venue} ${instrument} has fills that name neither the long nor the short side`]
        : []),
      ...said(untold, (amount) => `closed ${amount}, and no result of it is told`),
      ...[...elsewhere].flatMap(([asset, earned]) =>
        said(earned, (amount) => `earned ${amount} ${asset}, which is no cash asset`),
      ),
      ...said(doubtful, () => 'has fills older than the state, which may have counted them'),
    ],
  };
}

/** Of two sides that are held, which of them such a fill closed, and what that earned, is untold. */
function namesNoSide(positionKey: string, fills: readonly Fill[], { held }: RiskRules): boolean {
  const moved = parseFigureKey(positionKey);
  if (moved.kind !== 'position' || moved.side !== 'net') return false;
  if (fills.every(({ realizedPnl }) => realizedPnl !== null)) return false;
  return (['long', 'short'] as const).some((side) => held?.(sideKey(moved, side)) !== undefined);
}

interface Sums {
  cash: FixedPoint;
  /** By asset that is no cash. */
  elsewhere: Map<string, FixedPoint>;
  doubtful: FixedPoint;
}

function sumsOf(
  positionKey: string,
  fills: readonly Fill[],
  { maybeCounted, cashAssets }: RiskRules,
): Sums {
  const sums: Sums = { cash: ZERO, elsewhere: new Map(), doubtful: ZERO };
  for (const fill of fills) {
    const earned = earnedBy(fill);
    const asset = resultAsset(fill) ?? fill.instrument;
    if (maybeCounted?.(positionKey, fill) === true) sums.doubtful = plus(sums.doubtful, earned);
    else if (cashAssets.includes(asset)) sums.cash = plus(sums.cash, earned);
    else sums.elsewhere.set(asset, plus(sums.elsewhere.get(asset) ?? ZERO, earned));
  }
  return sums;
}

/** Of one fill that moves a position, in the asset of its result. */
export function earnedBy(fill: Fill): FixedPoint {
  const earned = fill.realizedPnl === null ? ZERO : fixed(fill.realizedPnl);
  const asset = resultAsset(fill);
  const paid = feesOf(fill).filter((fee) => fee.asset === asset && fee.amount !== '0');
  return paid.reduce((rest, fee) => minus(rest, fixed(fee.amount)), earned);
}

/** Quantity closed by fills of which the venue tells no result. */
function untoldClose(fills: readonly Fill[], before = '0'): FixedPoint {
  if (fills.every(({ realizedPnl }) => realizedPnl !== null)) return ZERO;
  let held = fixed(before);
  let untold = ZERO;
  for (const fill of fills) {
    const after = plus(held, signed(fill));
    const closes = signOf(held) * signOf(signed(fill)) < 0;
    if (closes && fill.realizedPnl === null) untold = plus(untold, closedBy(held, fill));
    held = after;
  }
  return untold;
}

function closedBy(held: FixedPoint, fill: Fill): FixedPoint {
  const size = magnitude(held);
  const all = fixed(fill.quantity);
  return signOf(minus(all, size)) > 0 ? size : all;
}
