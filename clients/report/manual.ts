/**
 * What people did themselves, in the printed report: the manual checklist as it stood at the end, and what a recovery
 * that ended without trading left in the market.
 *
 * Invariant: neither is printed where it was not needed.
 */
import { checklistOf } from '../../workflows/domain/checklist/checklist.js';
import { counted } from '../../workflows/domain/content/counted.js';
import { goOnCommand, inMarketLines } from '../../workflows/domain/orders/protection/in-market.js';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import { orDash, utc, words } from './format.js';
import type { Sheet } from './sheet.js';
import { table, type Row } from './table.js';
import { TEXT, type Tone } from './theme.js';

const TONES: Record<string, Tone> = {
  proven: 'good',
  ticked: 'good',
  open: 'warn',
  not_applicable: 'quiet',
};

export function checklistTable(sheet: Sheet, record: RecoveryRecord): void {
  if (!record.gates.some(({ kind }) => kind === 'manual_recovery')) return;
  sheet.section('Manual recovery checklist');
  const columns = [
    { title: 'Item', share: 175, maxLines: 3 },
    { title: 'State', share: 60 },
    { title: 'By, at (UTC)', share: 100, maxLines: 3 },
    { title: 'Note, or evidence', share: 180, maxLines: 8 },
  ];
  const rows = checklistOf(record).flatMap(({ title, items }) =>
    items.map(({ text, state, evidence, ticked }): Row => {
      const said = [ticked?.note, evidence].filter(Boolean).join('; ');
      return [
        { text, sub: title },
        { text: words(state), bold: true, tone: TONES[state] ?? 'quiet' },
        ticked === undefined ? orDash('') : `${ticked.by}, ${utc(ticked.atMs)}`,
        orDash(said),
      ];
    }),
  );
  table(sheet, columns, rows);
  if (record.told === undefined) return;
  const { kept, hash } = record.told;
  sheet.paragraph(
    `${counted(kept.length, 'signed instruction')}: ticks, and orders to the ramp. Hash of their chain: ${hash}`,
    TEXT.note,
  );
}

export function inMarketList(sheet: Sheet, record: RecoveryRecord): void {
  const { inMarket } = record;
  if (inMarket === undefined) return;
  sheet.section('Left in the market');
  sheet.list([...inMarketLines(inMarket), `Go on: ${goOnCommand(record)}`], 'bullet');
}
