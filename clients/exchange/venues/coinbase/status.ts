/** What Coinbase says may be done with a product: a flag for each restriction. */
import type { MarketStatus, VenueStatus } from '../../../../workflows/domain/policy/market.js';
import { isTrue, listAt, word, type Row } from '../../answers/rows.js';
import { call, type Reach } from '../adapter.js';
import { byField, statusesBy } from '../../answers/statuses.js';

const FLAGS: readonly (readonly [flag: string, VenueStatus])[] = [
  ['is_disabled', 'halted'],
  ['trading_disabled', 'halted'],
  ['view_only', 'halted'],
  ['cancel_only', 'cancel_only'],
  ['auction_mode', 'limit_only'],
  ['limit_only', 'limit_only'],
  ['post_only', 'post_only'],
];

const WORDS: Readonly<Record<string, VenueStatus>> = {
  online: 'open',
  offline: 'halted',
  internal: 'halted',
  delisted: 'ending',
};

function statusOf(row: Row): VenueStatus {
  const told = WORDS[word(row['status'])] ?? 'unknown';
  if (told === 'ending') return told;
  const flag = FLAGS.find(([name]) => isTrue(row[name]));
  return flag === undefined ? told : flag[1];
}

export async function coinbaseStatus(reach: Reach): Promise<MarketStatus[]> {
  const answer = await call(reach.exchange, 'v3PublicGetBrokerageMarketProducts');
  return statusesBy(reach, { rows: byField(listAt(answer, 'products'), 'product_id'), statusOf });
}
