/** Coinbase's lists, by cursor. */
import type { Exchange } from '../../connection/ccxt.js';
import { listAt, recordAt, type Row } from '../../answers/rows.js';
import { call } from '../adapter.js';
import { allRows, tooManyPages } from '../pages.js';

/** Of orders and of fills, the most there are. */
export const PAGE = 1000;

/** Pages by cursor; the last page of some lists still has one, so `has_next` decides where given. */
export async function allPages(
  exchange: Exchange,
  method: string,
  key: string,
  asked: object,
): Promise<Row[]> {
  const read = async (cursor: string) => {
    const next = cursor === '' ? {} : { cursor };
    const answer = await call(exchange, method, { ...asked, ...next });
    const found = listAt(answer, key);
    const told = recordAt(answer);
    const more = told['has_next'] ?? found.length > 0;
    const following = told['cursor'];
    if (more !== true || typeof following !== 'string' || following === '') {
      return { rows: found, next: null };
    }
    if (following === cursor) throw tooManyPages(key);
    return { rows: found, next: following };
  };
  const { rows } = await allRows({ what: key, first: '', read });
  return rows;
}
