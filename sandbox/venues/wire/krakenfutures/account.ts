/** Balances and positions as Kraken Futures words them: one multi-collateral account. */
import { Decimal, ZERO } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import { balanceOf } from '../../ledger/state.js';
import { assetId, isoTime, jsonNumber } from './words.js';

export function accounts(desk: Desk) {
  const assets = desk.ledger.assetsOf(desk.venue);
  return {
    cash: {
      type: 'cashAccount',
      balances: Object.fromEntries(assets.map((asset) => [assetId(asset).toLowerCase(), 0])),
    },
    flex: {
      type: 'multiCollateralMarginAccount',
      currencies: Object.fromEntries(
        assets.map((asset) => [assetId(asset), currency(desk, asset)]),
      ),
      ...marginOf(desk),
    },
  };
}

function currency(desk: Desk, asset: string) {
  const { total, used } = balanceOf(desk.state, asset);
  const quantity = jsonNumber(total);
  const available = jsonNumber(total.minus(used));
  return { quantity, value: quantity, collateral: quantity, available };
}

function marginOf(desk: Desk) {
  const { total, used } = balanceOf(desk.state, 'USD');
  const unrealized = positionRows(desk).reduce(
    (sum, { instrument, position }) =>
      sum.plus(desk.price(instrument).minus(position.averagePrice).times(position.quantity)),
    ZERO,
  );
  const equity = total.plus(unrealized);
  return {
    initialMargin: jsonNumber(used),
    initialMarginWithOrders: jsonNumber(used),
    maintenanceMargin: jsonNumber(used.div(2)),
    balanceValue: jsonNumber(total),
    portfolioValue: jsonNumber(equity),
    collateralValue: jsonNumber(total),
    pnl: jsonNumber(unrealized),
    unrealizedFunding: 0,
    totalUnrealized: jsonNumber(unrealized),
    totalUnrealizedAsMargin: jsonNumber(unrealized),
    availableMargin: jsonNumber(Decimal.max(equity.minus(used), 0)),
    marginEquity: jsonNumber(equity),
  };
}

export function openPositions(desk: Desk) {
  return positionRows(desk).map(({ instrument, position }) => ({
    side: position.quantity.isNegative() ? 'short' : 'long',
    symbol: instrument.nativeId,
    price: jsonNumber(position.averagePrice),
    fillTime: isoTime(lastFillMs(desk, instrument.symbol)),
    size: jsonNumber(position.quantity.abs()),
    unrealizedFunding: 0,
    pnlCurrency: instrument.quote,
  }));
}

function positionRows(desk: Desk) {
  return desk.instruments.flatMap((instrument) => {
    const position = desk.state.positions.get(instrument.symbol);
    return position && !position.quantity.isZero() ? [{ instrument, position }] : [];
  });
}

function lastFillMs(desk: Desk, symbol: string): number {
  const last = desk.state.fills.findLast((fill) => fill.instrument === symbol);
  return last?.timeMs ?? desk.nowMs();
}
