/** What a drill has shown: the timeline, the questions, and what is still weak. */
import { counted } from '../../../workflows/domain/content/counted.js';
import { durationText } from '../../../workflows/domain/numbers/duration-text.js';
import { weakIn } from '../../../workflows/domain/readiness/drilled.js';
import {
  STEP_TITLES,
  type GateRecord,
  type RecoveryRecord,
  type StepRecord,
} from '../../../workflows/domain/record.js';
import { print, printLine } from '../output.js';
import { columnTable, type Column } from './text.js';

export function showDrill(record: RecoveryRecord): void {
  const { engineId, incidentId, outcome, startedAtMs, endedAtMs, steps, gates } = record;
  const tookMs = (endedAtMs ?? startedAtMs) - startedAtMs;
  printLine(`DRILL of ${engineId}: ${outcome} after ${durationText(tookMs)} (${incidentId})`);
  print(columnTable(stepColumns(startedAtMs), steps));
  if (gates.length > 0) print(`\n${columnTable(GATES, gates)}`);
  const weak = weakIn(record);
  printLine('');
  printLine(
    weak.length === 0 ? 'nothing was found weak' : `still weak: ${counted(weak.length, 'thing')}`,
  );
  for (const line of weak) printLine(`  ${line}`);
}

function stepColumns(beganMs: number): Column<StepRecord>[] {
  return [
    { title: 'at', number: true, cell: ({ startedAtMs }) => durationText(startedAtMs - beganMs) },
    { title: 'step', cell: ({ name }) => STEP_TITLES[name] },
    {
      title: 'took',
      number: true,
      cell: ({ startedAtMs, endedAtMs }) => durationText((endedAtMs ?? startedAtMs) - startedAtMs),
    },
    { title: 'status', cell: ({ status }) => status },
    { title: 'detail', cell: ({ detail }) => detail },
  ];
}

const GATES: Column<GateRecord>[] = [
  { title: 'question', cell: ({ kind }) => kind },
  { title: 'outcome', cell: ({ outcome }) => outcome },
  {
    title: 'waited',
    number: true,
    cell: ({ openedAtMs, closedAtMs }) =>
      closedAtMs === null ? 'open' : durationText(closedAtMs - openedAtMs),
  },
  {
    title: 'by',
    cell: ({ decisions }) => decisions.map(({ approver }) => approver).join(', ') || 'nobody',
  },
];
