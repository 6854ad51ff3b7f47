/** OKX's lists, newest first, to their end; and its names for kinds of markets. */
import { listAt, word, type Row } from '../../answers/rows.js';
import type { Exchange } from '../../connection/ccxt.js';
import { kindOf } from '../../connection/market-kind.js';
import { call, mayBeCut } from '../adapter.js';
import { allRows } from '../pages.js';

const PAGE = 100;

export interface OkxList {
  method: string;
  asked: object;
  /** The field by which a row is told from others, and after which the next page begins. */
  key: 'ordId' | 'algoId' | 'billId';
}

export async function rowsOf(exchange: Exchange, list: OkxList): Promise<Row[]> {
  const { method, asked, key } = list;
  const { rows } = await allRows({
    what: method,
    first: {},
    keyOf: (row) => word(row[key]),
    stuck: (known) => mayBeCut(method, known),
    read: async (after: object) => {
      const page = listAt(
        await call(exchange, method, { ...asked, limit: PAGE, ...after }),
        'data',
      );
      const last = word(page.at(-1)?.[key]);
      return { rows: page, next: page.length < PAGE || last === '' ? null : { after: last } };
    },
  });
  return rows;
}

const TYPES = { spot: ['SPOT', 'MARGIN'], swap: ['SWAP'], future: ['FUTURES'], option: ['OPTION'] };

/** Spot with borrowed money is a type of its own, on the same instruments. */
export function typesOf(instruments: readonly string[]): string[] {
  return [...new Set(instruments.flatMap((one) => TYPES[kindOf(one).type]))];
}
