/** What a person sees at the end of the demo. */
import { table } from '../../clients/cli/output.js';
import type { LedgerComparison } from './compare.js';
import type { DemoResult } from './result.js';

const SHOWN_ROWS = 40;

export function comparisonTable(comparison: LedgerComparison): string {
  const rows = comparison.rows
    .slice(0, SHOWN_ROWS)
    .map((row) => [
      row.item.replaceAll('|main|', ' ').replace('|', ' '),
      row.checkpoint,
      row.checkpoint === row.ledgerThen ? 'equal' : `LEDGER ${row.ledgerThen}`,
      row.engine,
      row.engine === row.ledgerNow ? 'equal' : `LEDGER ${row.ledgerNow}`,
    ]);
  const hidden = comparison.rows.length - rows.length;
  const head = ['figure', 'recovered checkpoint', 'ledger then', 'engine now', 'ledger now'];
  const more = hidden > 0 ? `\n... and ${hidden} more, compared as well` : '';
  return `${table(head, rows)}${more}`;
}

export function summary(result: DemoResult): string {
  const { detection, cause, checkpoint, discrepancies, ledger, history } = result;
  const rows = [
    ['outcome', `${result.outcome} after ${(result.durationMs / 1000).toFixed(1)} s`],
    ['noticed', `by ${detection?.probe}, ${detection?.killToReportMs} ms after the kill`],
    ['workflow', `started ${detection?.killToWorkflowMs} ms after the kill`],
    ['cause', `${cause?.cause} (${cause?.confidence}): ${cause?.because}`],
    ['state from', `${checkpoint?.source}: ${checkpoint?.why}`],
    [
      'differences',
      `${discrepancies?.explained} explained by ${discrepancies?.fillsApplied} fills, ` +
        `${discrepancies?.unexplained} unexplained, ${discrepancies?.match} equal`,
    ],
    ['orders', ordersText(result)],
    ['questions', gatesText(result)],
    ['history', `${history?.events} events, ${history?.bytes} bytes`],
    ['ledger', ledgerText(ledger)],
    ['report', result.report ?? 'none'],
  ];
  return table(['', ''], rows);
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
