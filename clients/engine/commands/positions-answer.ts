/**
 * Positions as a team's own command prints them: columns of venue, instrument, quantity and average price,
 * or JSON by symbol.
 *
 * Invariants: figures stay the text that was written, exactly; a symbol without a venue is that of the one
 * venue where the engine trades it, and else nobody's; a line that is not understood refuses the answer.
 */
import type {
  RowApart,
  ToldPositions,
} from '../../../workflows/domain/reconciliation/told-positions.js';
import { DecimalText, type Position } from '../../../workflows/domain/books/state.js';
import { listingKey, type Account } from '../../../workflows/domain/books/keys.js';
import { shortened } from '../../../workflows/domain/content/shortened.js';
import { exactJson } from '../exact-json.js';

/** Where the engine trades. */
export interface TradingPlace extends Account {
  instruments: readonly string[];
}

interface Row {
  /** Null where it is not told. */
  venue: string | null;
  instrument: string;
  quantity: string;
  averagePrice: string | null;
}

/** As the end of a sentence about the command where it cannot be understood. */
export function positionsIn(
  text: string,
  places: readonly TradingPlace[],
): ToldPositions | { fault: string } {
  const isJson = text.trimStart().startsWith('{');
  const rows = isJson ? rowsOfJson(text) : rowsOfColumns(text);
  if ('fault' in rows) return rows;
  const told: ToldPositions = { positions: [], apart: [], isWhole: isJson || rows.length > 0 };
  for (const row of rows) {
    const placed = placeOf(row, places);
    if ('fault' in placed) return placed;
    if ('why' in placed) told.apart.push(placed);
    else told.positions.push(placed);
  }
  const twice = told.positions.map(listingKey).find((key, at, keys) => keys.indexOf(key) !== at);
  return twice === undefined ? told : { fault: `names ${twice.replaceAll('|', ' ')} twice` };
}

const FEWEST_COLUMNS = 3;
const MOST_COLUMNS = 4;

function rowsOfColumns(text: string): Row[] | { fault: string } {
  const rows: Row[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const columns = line.trim().split(/\s+/);
    const [venue = '', instrument = '', quantity = '', averagePrice = null] = columns;
    if (columns.length < FEWEST_COLUMNS || columns.length > MOST_COLUMNS) {
      const wanted = 'venue, instrument, quantity, average price';
      return { fault: `has ${columns.length} columns in line ${at + 1}: ${wanted} are wanted` };
    }
    const row = { venue, instrument, quantity, averagePrice };
    if (!isFigured(row)) return { fault: noDecimal(`line ${at + 1}`) };
    rows.push(row);
  }
  return rows;
}

function rowsOfJson(text: string): Row[] | { fault: string } {
  const parsed = exactMap(text);
  if (parsed === null) return { fault: 'is neither columns nor JSON by symbol' };
  const rows: Row[] = [];
  for (const [instrument, value] of Object.entries(parsed)) {
    if (typeof value !== 'object' || value === null) {
      return { fault: `has no settings for a symbol: write {"SYMBOL": {"quantity": "1.5"}}` };
    }
    const { venue, quantity, averagePrice, average_price } = value as Record<string, unknown>;
    const row = {
      venue: typeof venue === 'string' ? venue : null,
      instrument,
      quantity: textOf(quantity) ?? '',
      averagePrice: textOf(averagePrice ?? average_price),
    };
    if (!isFigured(row)) return { fault: noDecimal('the figures of a symbol') };
    rows.push(row);
  }
  return rows;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isFigured({ quantity, averagePrice }: Row): boolean {
  const isFigure = (text: string) => DecimalText.safeParse(text).success;
  return isFigure(quantity) && (averagePrice === null || isFigure(averagePrice));
}

function noDecimal(where: string): string {
  return `has no decimal number where a figure is wanted (${where}), such as 0.25`;
}

function exactMap(text: string): Record<string, unknown> | null {
  const parsed = exactJson(text);
  const isMap = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  return isMap ? (parsed as Record<string, unknown>) : null;
}

const SPOT = 'a spot holding is a balance, and balances are not told';
const MOST_NAMED = 5;

function placeOf(
  { venue, instrument, quantity, averagePrice }: Row,
  places: readonly TradingPlace[],
): Position | RowApart | { fault: string } {
  const known = shortened(
    places.map((place) => place.venue),
    MOST_NAMED,
  ).join(', ');
  const fitting = places.filter((place) =>
    venue === null ? place.instruments.includes(instrument) : place.venue === venue,
  );
  const [place, other] = fitting;
  if (venue !== null && place === undefined) {
    return { fault: `names a venue that is none of the engine's (there are: ${known})` };
  }
  if (place === undefined) return { instrument, why: 'its venue is not told, and none lists it' };
  if (other !== undefined) {
    const names = fitting.map((each) => each.venue).join(' and ');
    return { instrument, why: `its venue is not told, and ${names} have it` };
  }
  // As unified symbols have it: what settles is named behind the colon, and spot has none.
  if (!instrument.includes(':')) return { instrument, why: SPOT };
  const account = { venue: place.venue, account: place.account };
  return { ...account, instrument, side: 'net', quantity, averagePrice };
}
