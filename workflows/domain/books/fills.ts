/**
 * What fills do to balances and positions.
 *
 * Invariants: a fill counts once however often it is reported (key: venue, account, instrument,
 * trade id); the order in which fills arrive changes nothing; a fill moves the side of the position
 * that it names, `net` where it names none. A fill on a spot instrument moves assets, unless it
 * names a side: then it is a margin trade and moves the position.
 */
import type { Decimal } from '../numbers/decimal.js';
import {
  ZERO,
  fixed,
  minus,
  plus,
  textOf,
  times,
  toDecimal,
  type FixedPoint,
} from '../numbers/fixed-point.js';
import { afterFill, averagePriceOf, holdingOf, signed } from './holding.js';
import { baseAsset, isDerivative, quoteAsset, settlementAsset } from './instruments.js';
import { missingOf, type Missing } from './unapplied.js';
import { appliedFillId, balanceKey, fillLeg, sideKey } from './keys.js';
import type { EngineState, Fill } from './state.js';

export { isDerivative } from './instruments.js';

/** Fills that the state does not hold yet, each once, oldest first. */
export function missingFills(
  state: Pick<EngineState, 'appliedFills'>,
  fills: readonly Fill[],
): Fill[] {
  return missingFillRows(state, fills).map(({ item }) => item);
}

/** As `missingFills`, each with the id by which the state will remember it. */
export function missingFillRows(
  state: Pick<EngineState, 'appliedFills'>,
  fills: readonly Fill[],
): Missing<Fill>[] {
  return missingOf(state, fills, {
    idOf: appliedFillId,
    legOf: fillLeg,
    contentOf: contentOfFill,
  });
}

function contentOfFill(fill: Fill): string {
  const { timeMs, side, quantity, price, fee, realizedPnl, positionSide, forced } = fill;
  const { otherFees = [], realizedAsset, kind } = fill;
  const paid = [fee?.asset, fee?.amount, realizedPnl];
  const stated = [
    realizedAsset,
    kind,
    ...otherFees.flatMap(({ asset, amount }) => [asset, amount]),
  ];
  return [timeMs, side, quantity, price, ...paid, positionSide, forced, ...stated].join('|');
}

/** Everything that was charged for it. */
export function feesOf({ fee, otherFees = [] }: Pick<Fill, 'fee' | 'otherFees'>) {
  return fee === null ? otherFees : [fee, ...otherFees];
}

/** Where its result was paid: as stated, else where the instrument settles. */
export function resultAsset({ instrument, realizedAsset }: Fill): string | undefined {
  return realizedAsset ?? settlementAsset(instrument);
}

/** Fills of one instrument that move one side of it. `positionKey`: null for spot fills. */
export interface FillGroup {
  venue: string;
  account: string;
  instrument: string;
  positionKey: string | null;
  fills: Fill[];
}

/** In the order given within each group. */
export function groupFills(fills: readonly Fill[]): FillGroup[] {
  const groups = new Map<string, FillGroup>();
  for (const fill of fills) {
    const { venue, account, instrument } = fill;
    const side = fill.positionSide ?? (isDerivative(instrument) ? 'net' : '');
    const key = sideKey(fill, side);
    const group = groups.get(key);
    if (group !== undefined) group.fills.push(fill);
    else {
      const moved = side === '' ? null : key;
      groups.set(key, { venue, account, instrument, positionKey: moved, fills: [fill] });
    }
  }
  return [...groups.values()];
}

/** Change per position key and balance key that the fills explain. */
export function effectOfFills(fills: readonly Fill[]): Map<string, Decimal> {
  const effect = effectOfGroups(groupFills(fills));
  return new Map(Array.from(effect, ([key, amount]) => [key, toDecimal(amount)]));
}

/** As `effectOfFills`, of fills that are grouped already. */
export function effectOfGroups(groups: readonly FillGroup[]): Map<string, FixedPoint> {
  const effect = new Map<string, FixedPoint>();
  for (const group of groups) {
    const moved = group.positionKey === null ? spotEffect(group) : positionEffect(group);
    for (const [key, amount] of [...moved, ...feeEffect(group)]) {
      effect.set(key, plus(effect.get(key) ?? ZERO, amount));
    }
  }
  return effect;
}

type Change = readonly [key: string, amount: FixedPoint];

function assetKey({ venue, account }: FillGroup, asset: string): string {
  return balanceKey({ venue, account, asset });
}

function positionEffect(group: FillGroup): Change[] {
  const moved = group.fills.reduce((sum, fill) => plus(sum, signed(fill)), ZERO);
  const results = new Map<string, FixedPoint>();
  for (const fill of group.fills) {
    const asset = resultAsset(fill);
    if (asset === undefined || fill.realizedPnl === null) continue;
    results.set(asset, plus(results.get(asset) ?? ZERO, fixed(fill.realizedPnl)));
  }
  const earned = Array.from(results, ([asset, sum]) => [assetKey(group, asset), sum] as const);
  return [[group.positionKey ?? '', moved], ...earned];
}

function spotEffect(group: FillGroup): Change[] {
  const [base, quote] = [baseAsset(group.instrument), quoteAsset(group.instrument)];
  if (base === undefined || quote === undefined) return [];
  let [got, paid] = [ZERO, ZERO];
  for (const fill of group.fills) {
    const amount = signed(fill);
    got = plus(got, amount);
    paid = plus(paid, times(amount, fixed(fill.price)));
  }
  return [
    [assetKey(group, base), got],
    [assetKey(group, quote), minus(ZERO, paid)],
  ];
}

function feeEffect(group: FillGroup): Change[] {
  const paid = new Map<string, FixedPoint>();
  for (const fee of group.fills.flatMap(feesOf)) {
    paid.set(fee.asset, minus(paid.get(fee.asset) ?? ZERO, fixed(fee.amount)));
  }
  return Array.from(paid, ([asset, amount]) => [assetKey(group, asset), amount] as const);
}

/** What the venues closed by force, by the key of what it moved: of a spot fill, its base asset. */
export function forcedOf(groups: readonly FillGroup[]): Map<string, FixedPoint> {
  const forced = new Map<string, FixedPoint>();
  for (const group of groups) {
    const key =
      group.positionKey ?? assetKey(group, baseAsset(group.instrument) ?? group.instrument);
    for (const fill of group.fills) {
      if (fill.forced === undefined) continue;
      forced.set(key, plus(forced.get(key) ?? ZERO, fixed(fill.quantity)));
    }
  }
  return forced;
}

/** Position after one more fill: quantity, and average price rounded half-even to 8 decimals. */
export function positionAfterFill(
  before: { quantity: string; averagePrice: string | null },
  fill: Pick<Fill, 'side' | 'quantity' | 'price'>,
  { inverse = false }: { inverse?: boolean } = {},
): { quantity: string; averagePrice: string | null } {
  const after = afterFill(holdingOf(before, inverse), fill, inverse);
  return { quantity: textOf(after.quantity), averagePrice: averagePriceOf(after, inverse) };
}
