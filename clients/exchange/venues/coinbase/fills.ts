/**
 * Fills of Coinbase, and what it takes back of them.
 *
 * Invariants: what takes a fill back is a fill of the other side with an id of its own, so that the two
 * come to nothing also where the first was booked long ago; of a kind that nobody has read no effect
 * is guessed.
 */
import type { History } from '../../../../activities/ports.js';
import { negate } from '../../../../workflows/domain/numbers/decimal.js';
import type { Fill } from '../../../../workflows/domain/books/state.js';
import { meaningOf } from '../../answers/guards.js';
import { toFill } from '../../answers/parse.js';
import { readApart } from '../../answers/rows-apart.js';
import { name, type Row } from '../../answers/rows.js';
import type { Reach } from '../adapter.js';
import { allPages, PAGE } from './pages.js';

const FILLS = 'v3PrivateGetBrokerageOrdersHistoricalFills';

export async function coinbaseFills(reach: Reach, sinceMs: number): Promise<History<Fill>> {
  const { exchange } = reach;
  const start = new Date(sinceMs).toISOString();
  const asked = { limit: PAGE, ...(sinceMs > 0 ? { start_sequence_timestamp: start } : {}) };
  const given = await allPages(exchange, FILLS, 'fills', asked);
  const { rows, apart } = readApart(given, {
    exchange,
    instrument: ({ product_id: id }) => ({ id, symbol: exchange.safeSymbol(String(id)) }),
    read: (row) => fillOf(reach, row),
  });
  return { rows: rows.filter(({ timeMs }) => timeMs >= sinceMs), fromMs: sinceMs, apart };
}

const KINDS: Readonly<Record<string, Fill['kind'] | 'trade'>> = {
  FILL: 'trade',
  REVERSAL: 'reversal',
  CORRECTION: 'correction',
};

function fillOf({ exchange, place }: Reach, row: Row): Fill {
  const kind = meaningOf({ kind: 'fill', field: 'trade_type' }, row['trade_type'], KINDS);
  const fill = toFill(place, exchange.parseTrade(row));
  if (kind === 'trade' || kind === undefined) return fill;
  const tradeId = `${fill.tradeId}:${kind}:${name('fill', 'entry_id', row['entry_id'])}`;
  return kind === 'correction' ? { ...fill, tradeId, kind } : takenBack({ ...fill, tradeId, kind });
}

function takenBack(fill: Fill): Fill {
  const { side, fee } = fill;
  return {
    ...fill,
    side: side === 'buy' ? 'sell' : 'buy',
    fee: fee === null ? null : { ...fee, amount: negate(fee.amount) },
  };
}
