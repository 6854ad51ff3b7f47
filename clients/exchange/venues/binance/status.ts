/** Binance's words for what may be done with a symbol, spot and USD-M. */
import type { MarketStatus, VenueStatus } from '../../../../workflows/domain/policy/market.js';
import { listAt, word, type Row } from '../../answers/rows.js';
import { call, type Reach } from '../adapter.js';
import { byField, statusesBy } from '../../answers/statuses.js';

const STATUSES: Readonly<Record<string, VenueStatus>> = {
  TRADING: 'open',
  CANCEL_ONLY: 'cancel_only',
  HALT: 'halted',
  BREAK: 'halted',
  AUCTION_MATCH: 'halted',
  PRE_TRADING: 'halted',
  POST_TRADING: 'halted',
  END_OF_DAY: 'halted',
  PENDING_TRADING: 'halted',
  PRE_SETTLE: 'ending',
  SETTLING: 'ending',
  PRE_DELIVERING: 'ending',
  DELIVERING: 'ending',
  DELIVERED: 'ending',
  CLOSE: 'ending',
};

/** A perpetual has one too, of the year 2100, until its delisting is announced. */
function deliveryOf({ deliveryDate }: Row): number | null {
  const end = Number(deliveryDate);
  return end > 0 ? end : null;
}

export const binanceStatus =
  (method: 'publicGetExchangeInfo' | 'fapiPublicGetExchangeInfo') =>
  async (reach: Reach): Promise<MarketStatus[]> =>
    statusesBy(reach, {
      rows: byField(listAt(await call(reach.exchange, method), 'symbols'), 'symbol'),
      statusOf: (row) => STATUSES[word(row['status'] ?? row['contractStatus'])] ?? 'unknown',
      endOf: deliveryOf,
    });
