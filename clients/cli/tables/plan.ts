/** A plan as a person reads it before the night: step by step, then the figures, then how it would end. */
import { counted } from '../../../workflows/domain/content/counted.js';
import { utcText } from '../../../workflows/domain/content/utc-text.js';
import { moneyText } from '../../../workflows/domain/numbers/money-text.js';
import { STEP_TITLES } from '../../../workflows/domain/record.js';
import type { LineRow, PositionRow } from '../answers/schemas.js';
import type { PlanAnswer, PlanOrder, PlanStep, Question } from '../answers/plan.js';
import { print, printLine } from '../output.js';
import { worthText } from './money.js';
import { columnTable, type Column } from './text.js';

const LINES: Column<LineRow>[] = [
  { title: 'venue', cell: ({ venue }) => venue },
  { title: 'figure', cell: ({ item }) => item },
  { title: 'engine', number: true, cell: ({ internal }) => internal },
  { title: 'exchange', number: true, cell: ({ exchange }) => exchange ?? 'not read' },
  { title: 'unexplained', number: true, cell: ({ unexplained }) => unexplained ?? '-' },
  { title: 'verdict', cell: ({ verdict }) => verdict },
];

const POSITIONS: Column<PositionRow>[] = [
  { title: 'venue', cell: ({ venue }) => venue },
  { title: 'position', cell: ({ instrument }) => instrument },
  { title: 'side', cell: ({ side }) => side, onlyIf: ({ side }) => side !== 'net' },
  { title: 'quantity', number: true, cell: ({ quantity }) => quantity },
  { title: 'worth', number: true, cell: (row) => worthText(row, 'unknown') },
];

type Item = NonNullable<PlanAnswer['exposure']>['items'][number];
const EXPOSURE: Column<Item>[] = [
  { title: 'exposure of', cell: ({ item }) => item },
  { title: 'quantity', number: true, cell: ({ quantity }) => quantity },
  { title: 'at', number: true, cell: ({ mark }) => mark },
  { title: 'is', number: true, cell: ({ notional }) => moneyText(notional) },
];

const ORDERS: Column<PlanOrder>[] = [
  { title: 'venue', cell: ({ venue }) => venue },
  { title: 'order', cell: ({ clientOrderId }) => clientOrderId },
  { title: 'instrument', cell: ({ instrument }) => instrument },
  { title: 'side', cell: ({ side }) => side ?? '-' },
  { title: 'quantity', number: true, cell: ({ quantity }) => quantity },
  { title: 'filled', number: true, cell: ({ filled }) => filled },
  { title: 'price', number: true, cell: ({ price }) => price ?? '-' },
  { title: 'fate', cell: ({ fate }) => (fate === null ? 'not known' : fate.replaceAll('_', ' ')) },
];

export function showPlan(answer: PlanAnswer): void {
  const { engineId, host, takenAtMs, steps, exposure } = answer;
  printLine(`${engineId} on ${host}: what a recovery would do, as of ${utcText(takenAtMs)}`);
  for (const step of steps) showStep(step);
  showTable(LINES, answer.differing);
  showTable(POSITIONS, answer.positions);
  showTable(EXPOSURE, exposure?.items ?? []);
  showTable(ORDERS, answer.orders);
  printLine('');
  for (const line of ending(answer)) printLine(line);
}

function showStep({ number, step, does, asks, unread, later }: PlanStep): void {
  printLine(`${String(number).padStart(2)}  ${STEP_TITLES[step]}`);
  for (const line of does) printLine(`      ${line}`);
  for (const question of asks) printLine(`      ASKS  ${questionText(question)}`);
  for (const line of unread) printLine(`      NOT READ  ${line}`);
  for (const line of later) printLine(`      then  ${line}`);
}

function questionText({ gate, why, roles, quorum, able, expiresAfterMs }: Question): string {
  const who = able.length === 0 ? 'NOBODY IS CONFIGURED' : able.join(', ');
  const waits =
    expiresAfterMs === null
      ? 'waits as long as it takes'
      : `expires after ${Math.round(expiresAfterMs / 60_000)} min`;
  return `${gate}: ${why}. Of ${quorum} with role ${roles.join(' or ')} (${who}); ${waits}`;
}

function showTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void {
  if (rows.length === 0) return;
  printLine('');
  print(columnTable(columns, rows));
}

function ending({ engineId, steps, blocked }: PlanAnswer): string[] {
  const asks = steps.flatMap((step) => step.asks);
  const unread = steps.flatMap((step) => step.unread);
  const gates = asks.map(({ gate }) => gate);
  const named = [...new Set(gates)].map((gate) => timesOf(gate, gates)).join(', ');
  const end =
    asks.length === 0
      ? 'by what was read it would ask nobody'
      : `it would wait for people at ${counted(asks.length, 'gate')}: ${named}`;
  return [
    ...blocked.map((why) => `${engineId}: NO RECOVERY WOULD BEGIN: ${why}`),
    `${engineId}: ${end}${unread.length === 0 ? '' : `; ${counted(unread.length, 'thing')} NOT READ`}`,
  ];
}

/** A gate may be asked at two steps. */
function timesOf(gate: string, gates: readonly string[]): string {
  const times = gates.filter((one) => one === gate).length;
  return times === 1 ? gate : `${gate} (${times} times)`;
}
