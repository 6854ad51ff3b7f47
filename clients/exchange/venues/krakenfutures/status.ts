/** What Kraken Futures says of a contract: whether it can be traded, how, and until when. */
import type { MarketStatus, VenueStatus } from '../../../../workflows/domain/policy/market.js';
import { listAt, word, type Row } from '../../answers/rows.js';
import { call, type Reach } from '../adapter.js';
import { byField, statusesBy } from '../../answers/statuses.js';

/** A market is suspended for a while by its ticker alone: its contract stays tradeable. */
function statusOf({ tradeable, postOnly }: Row, suspended: unknown): VenueStatus {
  if (typeof tradeable !== 'boolean') return 'unknown';
  if (!tradeable || suspended === true) return 'halted';
  if (suspended !== false) return 'unknown';
  return postOnly === true ? 'post_only' : 'open';
}

function endOf({ lastTradingTime }: Row): number | null {
  const end = Date.parse(word(lastTradingTime));
  return Number.isNaN(end) ? null : end;
}

export async function krakenFuturesStatus(reach: Reach): Promise<MarketStatus[]> {
  const answer = await call(reach.exchange, 'publicGetInstruments');
  const rows = byField(listAt(answer, 'instruments'), 'symbol');
  const prices = await call(reach.exchange, 'publicGetTickers');
  const tickers = byField(listAt(prices, 'tickers'), 'symbol');
  const suspendedOf = ({ symbol }: Row) => tickers.get(word(symbol))?.['suspended'];
  return statusesBy(reach, { rows, statusOf: (row) => statusOf(row, suspendedOf(row)), endOf });
}
