/**
 * Whether each instrument can be traded, from a list of markets read afresh: ccxt's word for it is all
 * that is known of a venue whose own words nobody has read.
 */
import type { MarketStatus, VenueStatus } from '../../../../workflows/domain/policy/market.js';
import type { Exchange } from '../../connection/ccxt.js';
import type { Reach } from '../adapter.js';
import { endsSoon } from '../../answers/statuses.js';

type Market = Awaited<ReturnType<Exchange['fetchMarkets']>>[number];

export async function genericStatuses({ exchange, instruments }: Reach): Promise<MarketStatus[]> {
  const markets = new Map((await exchange.fetchMarkets()).map((one) => [one?.symbol, one]));
  const nowMs = exchange.milliseconds();
  return instruments.map((instrument) => ({
    instrument,
    status: statusOf(markets.get(instrument), nowMs),
  }));
}

/** What is not listed any more trades no more. */
function statusOf(market: Market | undefined, nowMs: number): VenueStatus {
  if (market === undefined || endsSoon(market.expiry, nowMs)) return 'ending';
  return market.active === false ? 'halted' : 'open';
}
