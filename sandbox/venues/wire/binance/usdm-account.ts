/**
 * The USD-M futures account: wallet, margin and positions.
 *
 * Invariant: `walletBalance` is the ledger's total; `marginBalance` and `availableBalance` also
 * move with the unrealized profit, as on Binance.
 */
import { Decimal, padded, ZERO } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import { MARGIN_RATE, type Instrument } from '../../instruments.js';
import { holdOf, positionMargin } from '../../ledger/accounting.js';
import { balanceOf, freeOf, positionsOf, remainingOf, type Position } from '../../ledger/state.js';
import { positionSideOf } from './orders.js';

const MAINTENANCE_RATE = new Decimal('0.025');

interface Figures extends Position {
  instrument: Instrument;
  markPrice: Decimal;
  notional: Decimal;
  unrealized: Decimal;
  positionMargin: Decimal;
  orderMargin: Decimal;
}

function figuresOf(desk: Desk, instrument: Instrument, position: Position): Figures {
  const markPrice = desk.price(instrument);
  const orders = desk.ledger
    .openOrders(desk.venue, instrument)
    .filter(({ positionSide }) => positionSide === position.side);
  return {
    instrument,
    ...position,
    markPrice,
    notional: markPrice.times(position.quantity),
    unrealized: markPrice.minus(position.averagePrice).times(position.quantity),
    positionMargin: positionMargin(position),
    orderMargin: orders.reduce(
      (sum, order) => sum.plus(holdOf(order, remainingOf(order)).amount),
      ZERO,
    ),
  };
}

function sidesOf(desk: Desk, instrument: Instrument): Figures[] {
  return positionsOf(desk.state, instrument.symbol).map((row) => figuresOf(desk, instrument, row));
}

function marginFields(figures: Figures) {
  return {
    unRealizedProfit: padded(figures.unrealized, 8),
    initialMargin: padded(figures.positionMargin.plus(figures.orderMargin), 8),
    maintMargin: padded(figures.notional.abs().times(MAINTENANCE_RATE), 8),
    positionInitialMargin: padded(figures.positionMargin, 8),
    openOrderInitialMargin: padded(figures.orderMargin, 8),
  };
}

/** In hedge mode both sides of a symbol have a row. */
export function positionRisk(desk: Desk, symbol: string | null) {
  const wanted = symbol === null ? desk.instruments : [desk.instrument(symbol)];
  // Version 3 lists only symbols with a position or an open order.
  const live = wanted
    .map((instrument) => sidesOf(desk, instrument))
    .filter((sides) => sides.some((row) => !row.quantity.isZero() || !row.orderMargin.isZero()));
  return live.flat().map((row) => ({
    symbol: row.instrument.nativeId,
    positionSide: positionSideOf(row.side),
    positionAmt: padded(row.quantity, 3),
    entryPrice: padded(row.averagePrice, 2),
    breakEvenPrice: padded(row.averagePrice, 2),
    markPrice: padded(row.markPrice, 8),
    liquidationPrice: '0',
    isolatedMargin: '0',
    isolatedWallet: '0',
    notional: padded(row.notional, 8),
    marginAsset: row.instrument.quote,
    ...marginFields(row),
    adl: 1,
    bidNotional: '0',
    askNotional: '0',
    updateTime: desk.ledger.state.timeMs,
  }));
}

export function futuresAccount(desk: Desk) {
  const all = desk.instruments.flatMap((instrument) => sidesOf(desk, instrument));
  const sumOf = (pick: (figures: Figures) => Decimal) =>
    all.reduce((sum, figures) => sum.plus(pick(figures)), ZERO);
  const unrealized = sumOf((figures) => figures.unrealized);
  const { total, used } = balanceOf(desk.state, 'USDT');
  const available = Decimal.max(total.plus(unrealized).minus(used), 0);
  const maintenance = sumOf((figures) => figures.notional.abs()).times(MAINTENANCE_RATE);
  const totals = {
    initialMargin: padded(used, 8),
    maintMargin: padded(maintenance, 8),
    positionInitialMargin: padded(
      sumOf((figures) => figures.positionMargin),
      8,
    ),
    openOrderInitialMargin: padded(
      sumOf((figures) => figures.orderMargin),
      8,
    ),
  };
  const wallet = {
    walletBalance: padded(total, 8),
    marginBalance: padded(total.plus(unrealized), 8),
    crossWalletBalance: padded(total, 8),
    crossUnPnl: padded(unrealized, 8),
    availableBalance: padded(available, 8),
    maxWithdrawAmount: padded(available, 8),
  };
  return {
    totalInitialMargin: totals.initialMargin,
    totalMaintMargin: totals.maintMargin,
    totalWalletBalance: wallet.walletBalance,
    totalUnrealizedProfit: wallet.crossUnPnl,
    totalMarginBalance: wallet.marginBalance,
    totalPositionInitialMargin: totals.positionInitialMargin,
    totalOpenOrderInitialMargin: totals.openOrderInitialMargin,
    totalCrossWalletBalance: wallet.crossWalletBalance,
    totalCrossUnPnl: wallet.crossUnPnl,
    availableBalance: wallet.availableBalance,
    maxWithdrawAmount: wallet.maxWithdrawAmount,
    assets: [
      {
        asset: 'USDT',
        unrealizedProfit: wallet.crossUnPnl,
        ...wallet,
        ...totals,
        updateTime: desk.ledger.state.timeMs,
      },
      ...otherAssets(desk),
    ],
    positions: positionRisk(desk, null),
  };
}

/** What is no margin: of BNB fees are paid. */
function otherAssets(desk: Desk) {
  const none = padded(ZERO, 8);
  const assets = desk.ledger.assetsOf(desk.venue).filter((asset) => asset !== 'USDT');
  return assets.map((asset) => {
    const total = padded(balanceOf(desk.state, asset).total, 8);
    const free = padded(freeOf(desk.state, asset), 8);
    return {
      asset,
      walletBalance: total,
      unrealizedProfit: none,
      marginBalance: total,
      maintMargin: none,
      initialMargin: none,
      positionInitialMargin: none,
      openOrderInitialMargin: none,
      crossWalletBalance: total,
      crossUnPnl: none,
      availableBalance: free,
      maxWithdrawAmount: free,
      updateTime: desk.ledger.state.timeMs,
    };
  });
}

export function leverageBrackets(desk: Desk) {
  return desk.instruments.map(({ nativeId }) => ({
    symbol: nativeId,
    notionalCoef: 1,
    brackets: [
      {
        bracket: 1,
        initialLeverage: new Decimal(1).div(MARGIN_RATE).toNumber(),
        notionalCap: 1_000_000_000,
        notionalFloor: 0,
        maintMarginRatio: MAINTENANCE_RATE.toNumber(),
        cum: 0,
      },
    ],
  }));
}
