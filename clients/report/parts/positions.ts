/**
 * Positions before the crash and after it, and what they are worth: the exposure with its limit and unit.
 *
 * Invariants: amounts are printed digit by digit as they were recorded, and only worths, which come from
 * marks, are rounded to cents; a figure that could not be read says so; flat before and after is no row.
 */
import { exceeds } from '../../../workflows/domain/numbers/decimal.js';
import { moneyText } from '../../../workflows/domain/numbers/money-text.js';
import type { MeasuredExposure } from '../../../workflows/domain/policy/risk.js';
import type { RecoveryRecord, RecoveryReport } from '../../../workflows/domain/record.js';
import type { Sheet } from '../sheet.js';
import { MAX_ROWS, table, type Row } from '../table.js';
import type { Tone } from '../theme.js';

type Line = RecoveryReport['lines'][number];

const COLUMNS = [
  { title: 'Position', share: 110, maxLines: 3 },
  { title: 'Before the crash', share: 80, number: true },
  { title: 'After it', share: 80, number: true },
  { title: 'Entry price', share: 80, number: true },
  { title: 'Mark', share: 75, number: true },
  { title: 'Worth', share: 90, number: true },
];

export function positionTable(sheet: Sheet, { record, lines }: RecoveryReport): void {
  sheet.section('Positions and exposure');
  sheet.paragraph(`Exposure: ${exposureText(record)}`);
  if (record.reconciliation === null) return sheet.paragraph('The positions were not compared.');
  const held = lines.filter(isHeld);
  if (held.length === 0) return sheet.paragraph('No position was held, before or after.');
  const parts = partsOf(record.exposureMeasured);
  const rows = held.slice(0, MAX_ROWS).map((line) => positionRow(line, parts));
  table(sheet, COLUMNS, rows, held.length);
}

/** By venue and instrument; of both sides of a hedge none, since their parts are told by one name. */
function partsOf(
  told: MeasuredExposure | undefined,
): Map<string, MeasuredExposure['items'][number]> {
  const items = told?.items ?? [];
  const alone = items.filter(({ item }) => items.filter((part) => part.item === item).length === 1);
  return new Map(alone.map((part) => [part.item, part]));
}

function isHeld({ kind, internal, exchange }: Line): boolean {
  return kind === 'position' && (!isFlat(internal) || exchange === null || !isFlat(exchange));
}

function isFlat(amount: string): boolean {
  return !/[1-9]/.test(amount);
}

function positionRow(
  line: Line,
  parts: ReadonlyMap<string, MeasuredExposure['items'][number]>,
): Row {
  const { venue, account, item, instrument, internal, exchange, entryPrice } = line;
  const part = parts.get(`${venue} ${instrument}`);
  return [
    { text: item, bold: true, sub: `${venue}, ${account}` },
    internal,
    exchange === null
      ? { text: 'not known', bold: true, tone: 'warn' }
      : { text: exchange, bold: exchange !== internal },
    entryPrice?.exchange ?? entryPrice?.internal ?? '–',
    part?.mark ?? '–',
    part === undefined ? '–' : moneyText(part.notional),
  ];
}

/** In words, with its limit and its unit where the record has them. */
export function exposureText({ exposure, exposureMeasured: told }: RecoveryRecord): string {
  if (told === undefined) return exposure ?? 'not measured';
  const { total, limit, unit, unpriced } = told;
  const names = unit.length === 0 ? 'the quote currency' : unit.join(' or ');
  const over = isOver(told) ? ', ABOVE the limit' : '';
  const without = unpriced === 0 ? '' : `; ${unpriced} without a price, so it is UNKNOWN`;
  return `${moneyText(total)} of ${moneyText(limit)} ${names}, gross, by the venues' marks${over}${without}`;
}

export function exposureTone({ exposureMeasured: told }: RecoveryRecord): Tone {
  if (told === undefined) return 'plain';
  return isOver(told) || told.unpriced > 0 ? 'bad' : 'good';
}

function isOver({ total, limit }: MeasuredExposure): boolean {
  return exceeds(total, limit);
}
