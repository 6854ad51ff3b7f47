/** Kraken's words for what may be done with a pair. */
import type { MarketStatus, VenueStatus } from '../../../../workflows/domain/policy/market.js';
import { isRow, recordAt, word } from '../../answers/rows.js';
import { call, type Reach } from '../adapter.js';
import { statusesBy } from '../../answers/statuses.js';

const STATUSES: Readonly<Record<string, VenueStatus>> = {
  online: 'open',
  cancel_only: 'cancel_only',
  post_only: 'post_only',
  limit_only: 'limit_only',
  reduce_only: 'reduce_only',
  maintenance: 'halted',
  work_in_progress: 'halted',
  delisted: 'ending',
};

export async function krakenStatus(reach: Reach): Promise<MarketStatus[]> {
  const pairs = recordAt(await call(reach.exchange, 'publicGetAssetPairs'), 'result');
  const rows = Object.entries(pairs).flatMap(([id, row]) =>
    isRow(row) ? [[id, row] as const] : [],
  );
  return statusesBy(reach, {
    rows: new Map(rows),
    statusOf: (row) => STATUSES[word(row['status'])] ?? 'unknown',
  });
}
