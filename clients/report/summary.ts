/**
 * The first page: what happened, how it ended, and what a reader must know before the details.
 *
 * Invariants: every row is present whatever the record holds, since a missing row reads as "fine";
 * two digests are called equal only if both are known and the same text.
 */
import { drillTitle } from '../../workflows/domain/steering/drill.js';
import { seenWords } from '../../workflows/domain/crash/repeats.js';
import { shortened } from '../../workflows/domain/content/shortened.js';
import type { GateRecord, RecoveryRecord } from '../../workflows/domain/record.js';
import { durationText } from '../../workflows/domain/numbers/duration-text.js';
import { capital, utc, words } from './format.js';
import { exposureText, exposureTone } from './parts/positions.js';
import type { Sheet, Tag } from './sheet.js';
import { FILL, INK, TEXT, leading, type TextStyle, type Tone } from './theme.js';
import { counted } from '../../workflows/domain/content/counted.js';

const OUTCOMES: Record<RecoveryRecord['outcome'], { text: string; tone: Tone }> = {
  recovered: { text: 'Recovered', tone: 'good' },
  halted: { text: 'Halted: a person must take over', tone: 'bad' },
  cancelled: { text: 'Cancelled', tone: 'warn' },
  running: { text: 'Still running when this was printed', tone: 'warn' },
};

export function header(sheet: Sheet, record: RecoveryRecord): void {
  const place = { x: sheet.left, y: sheet.y, width: sheet.width };
  const title = sheet.lines(titleOf(record), TEXT.title, sheet.width, 2);
  sheet.tag(sheet.parent, 'H1', () => sheet.write(title, TEXT.title, place));
  sheet.y += title.length * leading(TEXT.title) + 2;
  sheet.paragraph(identity(record), TEXT.note);
  banner(sheet, record);
}

function titleOf({ engineId, drill }: RecoveryRecord): string {
  const title = `Recovery of ${engineId}`;
  return drill === undefined ? title : drillTitle(title);
}

function identity(record: RecoveryRecord): string {
  const parts = [`Incident ${record.incidentId}`, `host ${record.host}`, `epoch ${record.epoch}`];
  return `${parts.join('  ·  ')}  ·  workflow ${record.workflowId}`;
}

function banner(sheet: Sheet, record: RecoveryRecord): void {
  const { text, tone } = OUTCOMES[record.outcome];
  const large: TextStyle = { font: 'Sans-Bold', size: 14, tone };
  const width = sheet.width - 24;
  const detail =
    record.outcomeDetail === '' ? [] : sheet.lines(record.outcomeDetail, TEXT.body, width, 8);
  const times = sheet.lines(timesOf(record), TEXT.body, width, 3);
  const height = 14 + leading(large) + (detail.length + times.length) * leading(TEXT.body);
  sheet.artifact(() => {
    sheet.doc.rect(sheet.left, sheet.y, sheet.width, height).fill(FILL.box);
    sheet.doc.rect(sheet.left, sheet.y, 5, height).fill(INK[tone]);
  });
  sheet.y += 7;
  bannerPart(sheet, [text], large);
  bannerPart(sheet, detail, TEXT.body);
  bannerPart(sheet, times, TEXT.body);
  sheet.y += 7;
}

/** A paragraph each: read aloud, the outcome must not run into its detail. */
function bannerPart(sheet: Sheet, lines: readonly string[], style: TextStyle): void {
  if (lines.length === 0) return;
  const place = { x: sheet.left + 16, y: sheet.y, width: sheet.width - 24 };
  sheet.tag(sheet.parent, 'P', () => sheet.write(lines, style, place));
  sheet.y += lines.length * leading(style);
}

function timesOf(record: RecoveryRecord): string {
  const started = utc(record.startedAtMs);
  return record.endedAtMs === null
    ? `Started ${started}, not ended.`
    : `Duration ${durationText(record.endedAtMs - record.startedAtMs)}, from ${started} to ${utc(record.endedAtMs)}.`;
}

interface Entry {
  name: string;
  text: string;
  tone?: Tone;
}

export function summary(sheet: Sheet, record: RecoveryRecord): void {
  sheet.section('Summary');
  const table = sheet.group(sheet.parent, 'Table');
  for (const entry of entriesOf(record)) drawEntry(sheet, table, entry);
  table.end();
  sheet.y += 4;
}

function drawEntry(sheet: Sheet, table: Tag, entry: Entry): void {
  const key = 128;
  const style: TextStyle = { ...TEXT.body, size: 8.2, tone: entry.tone ?? 'plain' };
  const width = sheet.width - key - 16;
  const lines = sheet.lines(entry.text, style, width, 10);
  const height = lines.length * leading(style) + 6;
  sheet.room(height);
  sheet.artifact(() => {
    sheet.doc.rect(sheet.left, sheet.y, sheet.width, height).fill(FILL.box);
    const end = sheet.left + sheet.width;
    sheet.doc.moveTo(sheet.left, sheet.y).lineTo(end, sheet.y).lineWidth(0.5).stroke('#ffffff');
  });
  const row = sheet.group(table, 'TR');
  const y = sheet.y + 3.5;
  const bold: TextStyle = { ...style, font: 'Sans-Bold', tone: 'plain' };
  sheet.tag(
    row,
    'TH',
    () => sheet.write([entry.name], bold, { x: sheet.left + 8, y, width: key }),
    {
      scope: 'Row',
    },
  );
  sheet.tag(row, 'TD', () => sheet.write(lines, style, { x: sheet.left + key + 8, y, width }));
  sheet.y += height;
}

function entriesOf(record: RecoveryRecord): Entry[] {
  return [
    {
      name: 'Cause',
      text: `${causeOf(record)} – ${counted(record.crashCount, 'crash', 'crashes')}`,
    },
    { name: 'Containment', text: containmentOf(record) },
    { name: 'State from', text: stateSourceOf(record) },
    { name: 'Applied', text: appliedOf(record) },
    discrepanciesOf(record),
    forcedOf(record),
    ordersOf(record),
    { name: 'Gates', text: gatesOf(record) },
    { name: 'Exposure', text: exposureText(record), tone: exposureTone(record) },
    { name: 'Volatility', text: record.volatility ?? 'not measured' },
    ...checkpointOf(record),
    killSwitchOf(record),
  ];
}

function killSwitchOf({ killSwitch }: RecoveryRecord): Entry {
  const name = 'Kill switch';
  if (killSwitch === undefined) return { name, text: 'not engaged against this recovery' };
  const { by, reason, atMs } = killSwitch;
  return { name, text: `ENGAGED by ${by} at ${utc(atMs)}: ${reason}`, tone: 'bad' };
}

function causeOf({ classification }: RecoveryRecord): string {
  if (classification === null) return 'not analysed';
  const { cause, confidence, because, signature, seen } = classification;
  const same = signature === undefined ? '' : `\nSignature ${signature}`;
  const again = seenWords(seen);
  const often = again === null ? '' : `\n${capital(again)}`;
  return `${capital(words(cause))} (${confidence}): ${because}${same}${often}`;
}

function containmentOf({ containment }: RecoveryRecord): string {
  if (containment === null) return 'none recorded';
  return [capital(words(containment.action)), containment.detail]
    .filter((part) => part !== '')
    .join(': ');
}

const STATE_FROM = {
  checkpoint: (name: string) => `Checkpoint ${name}`,
  shadow: () => 'A shadow checkpoint, made of what the exchanges told before the crash',
  exchanges: () => 'The exchanges',
} as const;

function stateSourceOf({ stateSource }: RecoveryRecord): string {
  if (stateSource === null) return 'not reached';
  const { kind, name, ageMs, why } = stateSource;
  const age = ageMs === null ? '' : `, ${durationText(ageMs)} old`;
  return `${STATE_FROM[kind](name ?? 'without a name')}${age}: ${why}`;
}

function appliedOf({ reconciliation }: RecoveryRecord): string {
  if (reconciliation === null) return 'not reached';
  const { fillsApplied, flowsApplied } = reconciliation;
  return `${counted(fillsApplied, 'fill')} and ${counted(flowsApplied, 'cash flow')} since the checkpoint`;
}

function discrepanciesOf({ reconciliation }: RecoveryRecord): Entry {
  const name = 'Discrepancies';
  if (reconciliation === null) return { name, text: 'not reached' };
  const { unexplained, unknown, dust = 0, explained, match } = reconciliation.counts;
  const { unverified = 0 } = reconciliation.counts;
  const alone = unverified === 0 ? '' : `${unverified} UNVERIFIED: compared with nothing, `;
  const text =
    `${unexplained} unexplained, ${unknown} unknown, ${alone}${dust} dust, ` +
    `${explained} explained by fills or cash flows, ${match} matching`;
  return { name, text, tone: toneOf(unexplained, unknown + unverified) };
}

const SHOWN_FORCED = 5;
const SHOWN_GATES = 8;

function moreBelow(count: number): string {
  return `and ${count} more below`;
}

function forcedOf({ reconciliation }: RecoveryRecord): Entry {
  const name = 'Closed by force';
  if (reconciliation === null) return { name, text: 'not reached' };
  const { forced } = reconciliation;
  if (forced.length === 0) return { name, text: 'no liquidation and no deleveraging was seen' };
  const shown = shortened(forced, SHOWN_FORCED, moreBelow);
  return { name, text: shown.join('\n'), tone: 'bad' };
}

function toneOf(bad: number, doubtful: number): Tone {
  if (bad > 0) return 'bad';
  return doubtful > 0 ? 'warn' : 'good';
}

function ordersOf({ orders }: RecoveryRecord): Entry {
  const name = 'Orders';
  if (orders === null) return { name, text: 'not reached' };
  const counted = Object.entries(orders.counts).filter(([, count]) => count > 0);
  const text = counted.map(([kind, count]) => `${count} ${words(kind)}`).join(', ');
  if (text === '') return { name, text: 'no order was alive at the crash' };
  return { name, text, tone: orders.counts.unknown > 0 ? 'warn' : 'plain' };
}

function gatesOf({ gates }: RecoveryRecord): string {
  if (gates.length === 0) return 'No gate was opened: no person was asked';
  return shortened(gates.map(gateInWords), SHOWN_GATES, moreBelow).join('\n');
}

function gateInWords({ kind, outcome, attempt, decisions }: GateRecord): string {
  const again = attempt > 1 ? ` (attempt ${attempt})` : '';
  const people = decisions.map(({ approver, answer }) => `${approver}: ${answer}`).join(', ');
  return `${capital(words(kind))}${again}: ${outcome}${people === '' ? ', nobody answered' : ` (${people})`}`;
}

function checkpointOf({ recoveredCheckpoint }: RecoveryRecord): Entry[] {
  const name = 'Recovered checkpoint';
  if (recoveredCheckpoint === null) return [{ name, text: 'none was written' }];
  const { path, sequence, digest, engineDigest, instanceId } = recoveredCheckpoint;
  return [
    { name, text: `Sequence ${sequence}, ${path}\nDigest ${digest}` },
    { name: 'Engine started from it', ...digestsInWords(digest, engineDigest, instanceId) },
  ];
}

function digestsInWords(digest: string, engine: string | null, instance: string) {
  if (engine === null) {
    const text = `Instance ${instance} did not report a digest: not compared`;
    return { text, tone: 'warn' as const };
  }
  return digest === engine
    ? { text: `Equal: instance ${instance} loaded the same digest`, tone: 'good' as const }
    : { text: `NOT EQUAL: instance ${instance} loaded ${engine}`, tone: 'bad' as const };
}
