/** What a person sees at the end of the demo. */
import { relative } from 'node:path';
import { table } from '../../clients/cli/tables/text.js';
import type { LedgerComparison } from './compare.js';
import type { DemoResult } from './result.js';

const SHOWN_ROWS = 40;
const LABEL_WIDTH = 13;

/** As a command of this folder names it: whole ones make it two lines long. */
export function here(path: string): string {
  return relative(process.cwd(), path);
}

/** The engine's value stands only where later trading has moved it on from the checkpoint's. */
export function comparisonTable(comparison: LedgerComparison): string {
  const rows = comparison.rows
    .slice(0, SHOWN_ROWS)
    .map((row) => [
      row.item.replaceAll('|main|', ' ').replaceAll('|', ' '),
      short(row.checkpoint),
      row.checkpoint === row.ledgerThen ? 'equal' : `LEDGER ${row.ledgerThen}`,
      row.engine === row.checkpoint ? 'same' : short(row.engine),
      row.engine === row.ledgerNow ? 'equal' : `LEDGER ${row.ledgerNow}`,
    ]);
  const hidden = comparison.rows.length - rows.length;
  const head = ['figure', 'recovered checkpoint', 'ledger then', 'engine now', 'ledger now'];
  const more = hidden > 0 ? `\n... and ${hidden} more, compared as well` : '';
  return `${table(head, rows)}${more}`;
}

/** The venue's order id is compared, but too long to look at. */
function short(figure: string): string {
  return figure.replace(/ id \S+$/, '');
}

export function summary(result: DemoResult): string {
  const { detection, cause, checkpoint } = result;
  const rows = [
    ['outcome', `${result.outcome} after ${(result.durationMs / 1000).toFixed(1)} s`],
    ...(detection === null
      ? []
      : [
          ['noticed', `by ${detection.probe}, ${detection.killToReportMs} ms after the kill`],
          ['workflow', `started ${detection.killToWorkflowMs} ms after the kill`],
        ]),
    ...(cause === null
      ? []
      : [['cause', `${cause.cause} (${cause.confidence}): ${cause.because}`]]),
    ...(checkpoint === null ? [] : [['state from', `${checkpoint.source}: ${checkpoint.why}`]]),
    ['differences', discrepanciesText(result)],
    ['orders', ordersText(result)],
    ['questions', gatesText(result)],
    ['history', historyText(result)],
    ['ledger', ledgerText(result.ledger)],
    ['report', result.report ?? 'none'],
  ];
  return rows.map(([name = '', text]) => `${name.padEnd(LABEL_WIDTH)}${text}`).join('\n');
}

function discrepanciesText({ discrepancies }: DemoResult): string {
  if (discrepancies === null) return 'not compared';
  const { explained, fillsApplied, unexplained, match } = discrepancies;
  return `${explained} explained by ${fillsApplied} fills, ${unexplained} unexplained, ${match} equal`;
}

function historyText({ history }: DemoResult): string {
  return history === null ? 'unknown' : `${history.events} events, ${history.bytes} bytes`;
}

function ordersText({ orders }: DemoResult): string {
  const present = Object.entries(orders ?? {}).filter(([, count]) => count > 0);
  return present.map(([kind, count]) => `${count} ${kind.replaceAll('_', ' ')}`).join(', ');
}

function gatesText({ gates }: DemoResult): string {
  if (gates.length === 0) return 'none';
  return gates
    .map(
      ({ kind, outcome, approvers }) => `${kind} ${outcome} by ${approvers.join(', ') || 'nobody'}`,
    )
    .join('; ');
}

function ledgerText(ledger: DemoResult['ledger']): string {
  if (ledger === null) return 'not compared';
  const { checkpoint, engine } = ledger.compared;
  return ledger.equal
    ? `equal to the last digit: ${checkpoint} figures of the checkpoint, ${engine} of the engine`
    : `DIFFERENT in ${ledger.differences.length} figures`;
}
