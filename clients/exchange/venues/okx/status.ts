/** What OKX says of an instrument: whether it can be traded, and until when. */
import type { MarketStatus, VenueStatus } from '../../../../workflows/domain/policy/market.js';
import { isRow, listAt, word, type Row } from '../../answers/rows.js';
import { call, listed, type Reach } from '../adapter.js';
import { byField, statusesBy } from '../../answers/statuses.js';

const MEANINGS: Readonly<Record<string, VenueStatus>> = {
  live: 'open',
  post_only: 'post_only',
  suspend: 'halted',
  preopen: 'halted',
  rebase: 'halted',
};

export async function okxStatuses(reach: Reach): Promise<MarketStatus[]> {
  const rows: Row[] = [];
  for (const asked of questionsOf(reach)) {
    rows.push(...listAt(await call(reach.exchange, 'publicGetPublicInstruments', asked), 'data'));
  }
  return statusesBy(reach, {
    rows: byField(rows, 'instId'),
    statusOf: ({ state }) => MEANINGS[word(state)] ?? 'unknown',
    endOf: ({ expTime }) => (word(expTime) === '' ? null : Number(expTime)),
  });
}

/** Of options it lists one family at a time. */
function questionsOf({ exchange, instruments }: Reach): object[] {
  const all = listed(exchange, instruments).map((one) => {
    const { info } = exchange.market(one) as { info?: unknown };
    const { instType, instFamily } = isRow(info) ? info : {};
    return instType === 'OPTION' ? { instType, instFamily } : { instType };
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
