/**
 * What a person still has to know or do, first of all: on the first page in short, and whole at the end
 * where it is cut there.
 *
 * Invariants: what protects the market comes first; what is left out is counted; nothing left is said.
 */
import { shortened } from '../../../workflows/domain/content/shortened.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import { warningRank } from '../../../workflows/domain/orders/fate/warning-lines.js';
import { describeUndelivered } from '../../../workflows/domain/undelivered.js';
import { utc } from '../format.js';
import type { Sheet } from '../sheet.js';
import { MAX_ROWS, ranked } from '../table.js';
import { TEXT, type TextStyle } from '../theme.js';

const SHOWN = { warnings: 8, unknowns: 4, followUps: 6 } as const;
const MORE = (count: number) => `and ${count} more, at the end of this report`;
const BAD: TextStyle = { ...TEXT.body, font: 'Sans-Bold', tone: 'bad' };
const WARN: TextStyle = { ...TEXT.body, tone: 'warn' };

export function leftForPeople(sheet: Sheet, record: RecoveryRecord): void {
  sheet.section('Left for people');
  const urgent = urgentOf(record);
  const warnings = warningsOf(record);
  const { unknowns, followUps } = record;
  if ([urgent, warnings, unknowns, followUps].every(({ length }) => length === 0)) {
    return sheet.paragraph('Nothing: no warning, nothing unknown, and no manual follow-up.');
  }
  sheet.list(urgent, 'bullet', BAD);
  sheet.list(shortened(warnings, SHOWN.warnings, MORE), 'bullet', WARN);
  sheet.list(shortened(unknowns, SHOWN.unknowns, MORE).map(unknown), 'bullet');
  sheet.list(shortened(followUps, SHOWN.followUps, MORE), 'box');
}

/** The rest of what the first page cuts. */
export function leftInFull(sheet: Sheet, record: RecoveryRecord): void {
  const lists = [
    { title: 'Warnings', items: warningsOf(record), shown: SHOWN.warnings, mark: 'bullet' },
    { title: 'Unknown', items: record.unknowns, shown: SHOWN.unknowns, mark: 'bullet' },
    { title: 'Manual follow-ups', items: record.followUps, shown: SHOWN.followUps, mark: 'box' },
  ] as const;
  for (const { title, items, shown, mark } of lists) {
    if (items.length <= shown) continue;
    sheet.section(title);
    cappedList(sheet, items, mark);
  }
}

export function cappedList(sheet: Sheet, items: readonly string[], mark: 'bullet' | 'box'): void {
  sheet.list(items.slice(0, MAX_ROWS), mark);
  const more = items.length - MAX_ROWS;
  if (more > 0) sheet.paragraph(`and ${more} more in the JSON record`, TEXT.strong);
}

function unknown(what: string): string {
  return `Not known: ${what}`;
}

function urgentOf({ killSwitch, reconciliation, undelivered = [] }: RecoveryRecord): string[] {
  const forced = reconciliation?.forced ?? [];
  const untold = describeUndelivered(undelivered);
  return [
    killSwitch === undefined
      ? []
      : `KILL SWITCH engaged by ${killSwitch.by} at ${utc(killSwitch.atMs)}: ${killSwitch.reason}`,
    forced.length === 0 ? [] : `Closed by force, by the venue: ${shortened(forced, 5).join(', ')}`,
    untold === null ? [] : `Not told to everybody: ${untold}`,
  ].flat();
}

function warningsOf({ warnings }: RecoveryRecord): string[] {
  return ranked(warnings, warningRank);
}
