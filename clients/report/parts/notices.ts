/**
 * What people were told, which channels took it, and which did not.
 *
 * Invariant: a channel that has not taken a notice is named beside it, as the record has it.
 */
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import type { UndeliveredNotice } from '../../../workflows/domain/undelivered.js';
import { orDash, utc } from '../format.js';
import type { Sheet } from '../sheet.js';
import { MAX_ROWS, table, type Cell, type Row } from '../table.js';

const COLUMNS = [
  { title: 'Told at (UTC)', share: 100 },
  { title: 'Severity', share: 50 },
  { title: 'Notice', share: 215, maxLines: 6 },
  { title: 'Sent by', share: 65, maxLines: 6 },
  { title: 'Not sent by', share: 85, maxLines: 8 },
];

export function noticeTable(sheet: Sheet, { notices, undelivered = [] }: RecoveryRecord): void {
  sheet.section('Notices');
  if (notices === undefined || notices.length === 0) {
    sheet.paragraph('None is in the record before this report was written.');
  } else {
    const rows = notices.map(({ dedupKey, atMs, severity, title, sent }): Row => [
      utc(atMs),
      severity,
      title,
      orDash(sent.join(', ')),
      failedCell(undelivered.filter((one) => one.dedupKey === dedupKey)),
    ]);
    table(sheet, COLUMNS, rows.slice(-MAX_ROWS), rows.length);
  }
  sheet.paragraph(
    'The notice of the outcome is sent when this report is written; were it not taken, the report is ' +
      'written again, and says so.',
  );
}

function failedCell(failed: readonly UndeliveredNotice[]): string | Cell {
  if (failed.length === 0) return '–';
  const said = failed.map(({ channel, status, why }) => {
    return `${channel ?? 'every channel'}: ${status.replace('_', ' ')} (${why})`;
  });
  return { text: said.join('; '), bold: true, tone: 'bad' };
}
