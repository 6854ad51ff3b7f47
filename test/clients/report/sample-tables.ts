/** Lines, adjustments and resolutions of the sample reports. */
import type { Adjustment } from '../../../workflows/domain/reconciliation/origin/adjustments.js';
import type {
  ReconciliationLine,
  Verdict,
} from '../../../workflows/domain/reconciliation/reconciliation.js';
import { RESOLUTIONS, type Resolution } from '../../../workflows/domain/orders/resolution.js';

export function line(index: number, verdict: Verdict): ReconciliationLine {
  const unknown = verdict === 'unknown';
  return {
    kind: index % 2 === 0 ? 'position' : 'balance',
    venue: ['binance', 'kraken', 'interactive-brokers'][index % 3] ?? 'binance',
    account: index % 4 === 0 ? 'market-making-sub-account-07' : 'main',
    item: index % 2 === 0 ? 'BTC/USDT:USDT' : 'USDT',
    instrument: index % 2 === 0 ? 'BTC/USDT:USDT' : null,
    side: index % 2 === 0 ? 'net' : null,
    internal: `${1200 + index}.50000000`,
    exchange: unknown ? null : `${1201 + index}.75000000`,
    difference: unknown ? null : '1.25',
    explainedByFills: verdict === 'explained' ? '1.25' : '0',
    explainedByFlows: '0',
    unexplained: unknown ? null : verdict === 'unexplained' ? '1.25' : '0',
    notional: null,
    lots: null,
    forced: '0',
    entryPrice: null,
    entryPriceDiffers: false,
    verdict,
  };
}

/** Liquidated, which a fill explains; what is left of it has another average entry. */
export function forcedLine(): ReconciliationLine {
  return {
    ...line(0, 'explained'),
    venue: 'krakenfutures',
    item: 'ETH/USD:USD long',
    instrument: 'ETH/USD:USD',
    side: 'long',
    internal: '40.125',
    exchange: '10.125',
    difference: '-30',
    explainedByFills: '-30',
    forced: '30',
    entryPrice: { internal: '2011.5', exchange: '2044.25', relativeDifference: '0.01602054' },
    entryPriceDiffers: true,
  };
}

/** Of the widths that venues have: eight decimals, thousands of lots, a worth of millions. */
export function wideLine(): ReconciliationLine {
  return {
    ...line(1, 'unexplained'),
    item: 'BTC',
    internal: '-123456.12345678',
    exchange: '-123457.37345679',
    difference: '-1.25000001',
    explainedByFills: '0.50000001',
    explainedByFlows: '-0.00012345',
    unexplained: '-1.75',
    lots: '-175000000',
    notional: '-1067512.3456789',
  };
}

export function adjustment(change: Partial<Adjustment> = {}): Adjustment {
  return {
    id: `adjustment-${'5a'.repeat(16)}`,
    venue: 'binance',
    account: 'main',
    kind: 'position',
    item: 'BTC/USDT:USDT',
    instrument: 'BTC/USDT:USDT',
    side: 'net',
    from: '1203.5',
    to: '1204.75',
    difference: '1.25',
    price: '61234.5678901234567891',
    entryFrom: '60000.5',
    entryTo: '60001.78049',
    reason: 'no fill or cash flow explains it',
    ...change,
  };
}

export const ADJUSTMENTS = [
  adjustment(),
  adjustment({
    venue: 'krakenfutures',
    item: 'ETH/USD:USD long',
    from: '10.125',
    to: '10.125',
    difference: '0',
    price: null,
    entryFrom: '2011.5',
    entryTo: '2044.25',
    reason: 'the venue has another entry price',
  }),
  adjustment({
    kind: 'balance',
    item: 'BTC',
    instrument: null,
    side: null,
    from: '-123455.62345679',
    to: '-123457.37345679',
    difference: '-1.75',
    price: null,
    entryFrom: null,
    entryTo: null,
  }),
];

export function resolution(index: number): Resolution {
  const kind = RESOLUTIONS[index % RESOLUTIONS.length] ?? 'unknown';
  return {
    kind,
    venue: 'binance',
    account: 'main',
    instrument: 'ETH/USDT',
    clientOrderId: `rl-mm1-7f3a${index}-0000-4c1e-9e11-5b2d0c9a`,
    venueOrderId: index % 3 === 0 ? null : `88120${index}`,
    side: index % 2 === 0 ? 'buy' : 'sell',
    type: 'limit',
    price: index === 1 ? null : `2011.${index}`,
    quantity: '12.5',
    filledBefore: '0.125',
    filledNow: kind === 'filled' ? '12.5' : '0.125',
    note:
      kind === 'unknown' ? 'acknowledged before the crash, yet the venue has no such order' : '',
  };
}
