/**
 * What follows the plot: steps, ramp, evidence, what the engine does not offer, and crash reports.
 *
 * Invariants: a section without content says so, since a missing section reads as "not checked";
 * rows are only read from the record, never judged anew.
 */
import { STEP_TITLES, type RecoveryRecord } from '../../workflows/domain/record.js';
import { capabilityWords } from '../../workflows/domain/engine/integration.js';
import { ranAs } from '../../workflows/domain/crash/report.js';
import { lasted, orDash, utc, words } from './format.js';
import type { Sheet } from './sheet.js';
import { table, type Cell, type Row } from './table.js';
import type { Tone } from './theme.js';
import { counted } from '../../workflows/domain/content/counted.js';
import { cappedList } from './parts/left.js';

const STATUS_TONES: Record<RecoveryRecord['steps'][number]['status'], Tone> = {
  running: 'warn',
  done: 'good',
  waiting: 'warn',
  failed: 'bad',
};

export function stepTable(sheet: Sheet, { steps }: RecoveryRecord): void {
  sheet.section('Steps');
  if (steps.length === 0) return sheet.paragraph('No step was recorded.');
  const columns = [
    { title: 'Step', share: 108 },
    { title: 'Started (UTC)', share: 100 },
    { title: 'Duration', share: 46, number: true },
    { title: 'Attempts', share: 44, number: true },
    { title: 'Status', share: 42 },
    { title: 'Detail', share: 175, maxLines: 10 },
  ];
  const rows = steps.map((step): Row => [
    { text: STEP_TITLES[step.name], bold: true },
    utc(step.startedAtMs),
    lasted(step.startedAtMs, step.endedAtMs),
    String(step.attempts),
    { text: step.status, bold: true, tone: STATUS_TONES[step.status] },
    orDash(step.detail),
  ]);
  table(sheet, columns, rows);
}

export function rampTable(sheet: Sheet, { ramp }: RecoveryRecord): void {
  if (ramp.length === 0) return;
  sheet.section('Position limits raised');
  const columns = [
    { title: 'Limits', share: 45, number: true },
    { title: 'Strategies', share: 75 },
    { title: 'At (UTC)', share: 100 },
    { title: 'Note', share: 295, maxLines: 8 },
  ];
  const rows = ramp.map((stage): Row => [
    `${stage.percent} %`,
    stage.strategies === 'all' ? 'all' : `up to ${stage.strategies} risk`,
    utc(stage.atMs),
    orDash(stage.note),
  ]);
  table(sheet, columns, rows);
}

export function evidenceTable(
  sheet: Sheet,
  { evidence, earlierEvidence = [] }: RecoveryRecord,
): void {
  sheet.section('Evidence');
  if (evidence === null) return sheet.paragraph('No evidence was collected.');
  const missing = evidence.items.filter(({ collected }) => !collected);
  const collected = evidence.items.filter((item) => item.collected);
  sheet.paragraph(
    `${collected.length} collected, ${missing.length} missing, in ${evidence.folder}`,
  );
  for (const { folder, classification } of earlierEvidence) {
    const cause = words(classification?.cause ?? 'unknown');
    sheet.paragraph(`Of an earlier crash (${cause}), in ${folder}`);
  }
  if (evidence.items.length === 0) return;
  const columns = [
    { title: 'Item', share: 140 },
    { title: 'Collected', share: 55 },
    { title: 'Detail', share: 320, maxLines: 8 },
  ];
  const rows = [...missing, ...collected].map((item): Row => {
    const mark: Cell = item.collected
      ? { text: 'collected', tone: 'good' }
      : { text: 'missing', tone: 'bad', bold: true };
    return [item.name, mark, orDash(item.detail)];
  });
  table(sheet, columns, rows);
}

export function integrationList(sheet: Sheet, { integration = [] }: RecoveryRecord): void {
  if (integration.length === 0) return; // of earlier versions, too, which did not tell
  sheet.section('What this engine does not offer');
  cappedList(sheet, integration.map(capabilityWords), 'bullet');
}

export function crashTable(sheet: Sheet, { crashes, crashCount }: RecoveryRecord): void {
  sheet.section('Crash reports');
  if (crashes.length === 0) return sheet.paragraph('No crash report is in the record.');
  if (crashCount !== crashes.length) {
    sheet.paragraph(
      `${counted(crashes.length, 'report')} for ${counted(crashCount, 'crash', 'crashes')}.`,
    );
  }
  const columns = [
    { title: 'Detected (UTC)', share: 100 },
    { title: 'Suspicion', share: 60 },
    { title: 'Seen by', share: 70 },
    { title: 'Instance', share: 120 },
    { title: 'Detail', share: 165, maxLines: 10 },
  ];
  const rows = crashes.map(({ instance, ...crash }): Row => [
    utc(crash.detectedAtMs),
    { text: words(crash.suspicion), bold: true },
    { text: words(crash.probe), sub: `on ${crash.host}` },
    { text: instance.instanceId, sub: ranAs(instance) },
    orDash(crash.detail),
  ]);
  table(sheet, columns, rows);
}
