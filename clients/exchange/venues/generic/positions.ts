/**
 * Positions of a venue that ccxt's unified methods alone are asked for.
 *
 * Invariants: a size is all that is held, not what of it is free to be closed; long and short of one
 * instrument stay two, whether ccxt tells of hedge mode or not.
 */
import type { Position as CcxtPosition } from 'ccxt';
import type { Dated } from '../../../../activities/ports.js';
import { OurWords } from '../../answers/own-words.js';
import { isZero } from '../../../../workflows/domain/numbers/decimal.js';
import type { Position } from '../../../../workflows/domain/books/state.js';
import { toPosition } from '../../answers/parse.js';
import { isRow, number, toldAt, type Row } from '../../answers/rows.js';
import type { Exchange } from '../../connection/ccxt.js';
import type { Reach } from '../adapter.js';
import { rawSide } from './raw.js';
import { positionTerms } from './terms.js';

/** Where ccxt gives what may be closed, and a resting order that closes takes from that. */
const WHOLE_SIZE: Readonly<Record<string, string>> = {
  coinex: 'open_interest',
  digifinex: 'position',
};

export async function positionsOf(
  { exchange, place }: Reach,
  instrument: string,
): Promise<Dated<Position>[]> {
  const told = await exchange.fetchPositions([instrument], positionTerms(exchange, instrument));
  // One side of a hedge alone is a side too, where its row says so.
  const rows = told.map((row) => (rawSide(exchange, row) ? { ...row, hedged: true } : row));
  const field = WHOLE_SIZE[exchange.id];
  return toPositions(
    { exchange, place },
    field === undefined ? rows : rows.map((row) => whole(row, field)),
  );
}

function whole(row: CcxtPosition, field: string): CcxtPosition {
  const size = number('position', field, (row.info as Row)[field]);
  return { ...row, contracts: size as unknown as number };
}

/** Rows of one instrument. */
function toPositions(
  { exchange, place }: Pick<Reach, 'exchange' | 'place'>,
  rows: readonly CcxtPosition[],
): Dated<Position>[] {
  const held = rows.filter((row) => !isZero(toPosition(place, row).quantity));
  const sides = new Set(held.map(({ side }) => side));
  if (sides.size < held.length) throw severalOfOneSide(held[0]?.symbol);
  return held.map((row) => ({
    ...toPosition(place, sides.size > 1 ? { ...row, hedged: true } : row),
    ...toldAt(updatedAt(exchange, row)),
  }));
}

/** Where ccxt has the time of the last change in a field that is the opening's elsewhere, or nowhere. */
const UPDATED: Readonly<Record<string, string>> = {
  bitget: 'uTime',
  blofin: 'updateTime',
  cryptocom: 'update_timestamp_ms',
  mexc: 'updateTime',
};

/** The opening of a position says nothing of when it stood so: what came after may have been taken back since. */
function updatedAt({ id }: Exchange, { lastUpdateTimestamp, info }: CcxtPosition): unknown {
  const field = UPDATED[id];
  return lastUpdateTimestamp ?? (field === undefined || !isRow(info) ? undefined : info[field]);
}

function severalOfOneSide(symbol = ''): Error {
  return new OurWords('unclear', `several positions of one side of ${symbol}: use one margin mode`);
}
