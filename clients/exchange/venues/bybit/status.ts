/** What Bybit says of an instrument: whether it can be traded, and until when. */
import type { MarketStatus, VenueStatus } from '../../../../workflows/domain/policy/market.js';
import { listAt, recordAt, word, type Row } from '../../answers/rows.js';
import { call, listed, type Reach } from '../adapter.js';
import { byField, statusesBy } from '../../answers/statuses.js';
import { categoriesOf, categoryOf } from './lists.js';

const MEANINGS: Readonly<Record<string, VenueStatus>> = {
  Trading: 'open',
  PreLaunch: 'halted',
  Settling: 'halted',
  Delivering: 'ending',
  Closed: 'ending',
};

/** Kind by kind: spot and contracts have the same ids. */
export async function bybitStatuses(reach: Reach): Promise<MarketStatus[]> {
  const { exchange } = reach;
  const statuses: MarketStatus[] = [];
  for (const category of categoriesOf(reach.instruments)) {
    const instruments = reach.instruments.filter((one) => categoryOf(one) === category);
    const rows: Row[] = [];
    for (const one of listed(exchange, instruments)) {
      const asked = { category, symbol: exchange.marketId(one) };
      const answer = await call(exchange, 'publicGetV5MarketInstrumentsInfo', asked);
      rows.push(...listAt(recordAt(answer, 'result'), 'list'));
    }
    const told = { rows: byField(rows, 'symbol'), statusOf, endOf };
    statuses.push(...statusesBy({ ...reach, instruments }, told));
  }
  return statuses;
}

function statusOf({ status }: Row): VenueStatus {
  return MEANINGS[word(status)] ?? 'unknown';
}

/** Of a perpetual contract that is about to be delisted too; 0 where there is no end. */
function endOf({ deliveryTime }: Row): number | null {
  return Number(deliveryTime) > 0 ? Number(deliveryTime) : null;
}
