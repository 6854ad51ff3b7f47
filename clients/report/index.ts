/**
 * The printed recovery report: a tagged A4 PDF for the person who reads it the next morning.
 *
 * Invariants: the same report gives the same bytes, so no clock and no random id is read here; the
 * report is complete on its own, and says where it had to leave something to the JSON record.
 */
import Pdf from 'pdfkit';
import type { RecoveryRecord, RecoveryReport } from '../../workflows/domain/record.js';
import { adjustmentTable, discrepancyTable, entryPriceTable } from './discrepancies.js';
import { checklistTable, inMarketList } from './manual.js';
import { registerFonts, type Doc } from './fonts.js';
import { orderTable } from './orders.js';
import { gateTables } from './parts/gates.js';
import { leftForPeople, leftInFull } from './parts/left.js';
import { noticeTable } from './parts/notices.js';
import { policyTable } from './parts/policy.js';
import { positionTable } from './parts/positions.js';
import { crashTable, evidenceTable, integrationList, rampTable, stepTable } from './sections.js';
import { Sheet } from './sheet.js';
import { header, summary } from './summary.js';
import { FILL, PAGE, TEXT } from './theme.js';
import { timelinePlot } from './timeline.js';

export function createPdfRenderer(): { render(report: RecoveryReport): Promise<Uint8Array> } {
  return { render: renderPdf };
}

async function renderPdf(report: RecoveryReport): Promise<Uint8Array> {
  const doc = openDocument(report.record);
  const root = doc.struct('Document');
  doc.addStructure(root);
  const sheet = new Sheet(doc, root);
  drawContent(sheet, report);
  root.end();
  drawMargins(sheet, report.record);
  doc.end();
  return collect(doc);
}

function openDocument(record: RecoveryRecord): Doc {
  const doc = new Pdf({
    size: 'A4',
    margins: PAGE,
    pdfVersion: '1.7',
    tagged: true,
    lang: 'en',
    displayTitle: true,
    bufferPages: true,
    info: {
      Title: titleOf(record),
      Subject: `Incident ${record.incidentId}`,
      Creator: 'Relight',
      CreationDate: dateOf(record),
    },
  });
  registerFonts(doc);
  return doc;
}

function titleOf(record: RecoveryRecord): string {
  return `Recovery of ${record.engineId}, incident ${record.incidentId}`;
}

/** From the record and not from the clock: printing twice must give the same bytes. */
function dateOf(record: RecoveryRecord): Date {
  const date = new Date(record.endedAtMs ?? record.startedAtMs);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

function drawContent(sheet: Sheet, report: RecoveryReport): void {
  const { record } = report;
  header(sheet, record);
  leftForPeople(sheet, record);
  summary(sheet, record);
  inMarketList(sheet, record);
  positionTable(sheet, report);
  timelinePlot(sheet, record);
  stepTable(sheet, record);
  rampTable(sheet, record);
  discrepancyTable(sheet, report);
  entryPriceTable(sheet, report);
  adjustmentTable(sheet, report);
  orderTable(sheet, report);
  gateTables(sheet, record);
  checklistTable(sheet, record);
  noticeTable(sheet, record);
  evidenceTable(sheet, record);
  integrationList(sheet, record);
  crashTable(sheet, record);
  policyTable(sheet, record);
  leftInFull(sheet, record);
  closing(sheet);
}

function closing(sheet: Sheet): void {
  sheet.y += 8;
  const lossy = 'What the fonts of this report lack stands by its number, as in [U+6F22 U+5B57]. ';
  const cut = 'Text that ends in … was cut to fit. The JSON record holds everything in full.';
  sheet.paragraph(`${sheet.lossy ? lossy : ''}${cut}`, TEXT.note);
}

/** Only now is the number of pages known. */
function drawMargins(sheet: Sheet, record: RecoveryRecord): void {
  const { doc } = sheet;
  const { start, count } = doc.bufferedPageRange();
  const title = sheet.lines(titleOf(record), TEXT.note, sheet.width, 1);
  for (let page = start; page < start + count; page += 1) {
    doc.switchToPage(page);
    const place = { x: sheet.left, width: sheet.width };
    const foot = doc.page.height - PAGE.bottom + 20;
    doc.markContent('Artifact', { type: 'Pagination' });
    if (page > start) {
      sheet.write(title, TEXT.note, { ...place, y: 28 });
      doc
        .moveTo(sheet.left, 41)
        .lineTo(sheet.left + sheet.width, 41)
        .lineWidth(0.5)
        .stroke(FILL.rule);
    }
    sheet.write(['Relight recovery report'], TEXT.note, { ...place, y: foot });
    sheet.write([`Page ${page + 1} of ${count}`], TEXT.note, { ...place, y: foot, align: 'right' });
    doc.endMarkedContent();
  }
}

async function collect(doc: Doc): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of doc) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
