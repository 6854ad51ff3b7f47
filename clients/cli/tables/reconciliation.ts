/**
 * A reconciliation as a trader reads it: what needs a person comes last, next to the prompt.
 *
 * Invariants: a line is left out only where it is equal in every respect; amounts are exact, and
 * only a worth, which comes from a price, is rounded.
 */
import { isZero } from '../../../workflows/domain/numbers/decimal.js';
import { durationText } from '../../../workflows/domain/numbers/duration-text.js';
import { isRoutine } from '../../../workflows/domain/reconciliation/unknowns.js';
import type { LineRow, ReconcileAnswer, Source, Unlisted, Unreadable } from '../answers/schemas.js';
import { showDifferingOrders } from './differing-orders.js';
import { print, printLine, sayLine } from '../output.js';
import { worthText } from './money.js';
import { columnTable, type Column } from './text.js';
import { counted } from '../../../workflows/domain/content/counted.js';

/** Forced ones last of all. */
const VERDICT_ORDER: LineRow['verdict'][] = [
  'match',
  'explained',
  'dust',
  'unverified',
  'unknown',
  'unexplained',
];

const COLUMNS: Column<LineRow>[] = [
  { title: 'venue', cell: ({ venue }) => venue },
  { title: 'item', cell: ({ item }) => item },
  { title: 'internal', number: true, cell: ({ internal }) => internal },
  { title: 'exchange', number: true, cell: ({ exchange }) => exchange ?? 'unknown' },
  {
    title: 'difference',
    number: true,
    cell: ({ difference }) => difference ?? 'unknown',
    // Where nothing explains any of it, it is the unexplained.
    onlyIf: ({ difference, unexplained }) => difference !== unexplained,
  },
  { title: 'unexplained', number: true, cell: ({ unexplained }) => unexplained ?? 'unknown' },
  { title: 'in lots', number: true, cell: lotsText, onlyIf: (line) => lotsText(line) !== '-' },
  { title: 'unexpl. worth', number: true, cell: (line) => worthText(line, '-') },
  { title: 'forced', number: true, cell: ({ forced }) => forced, onlyIf: isForced },
  { title: 'entry price', cell: entryText, onlyIf: ({ entryPriceDiffers }) => entryPriceDiffers },
  { title: 'verdict', cell: verdictText },
];

export function showReconciliation(answer: ReconcileAnswer, { all }: { all: boolean }): void {
  const { engineId, source, counts, gaps, unreadable, orders } = answer;
  showLines(answer.lines, all);
  const silence = silenceText(source);
  if (silence !== null) sayLine(silence);
  if (answer.killSwitch?.engaged === true)
    sayLine(`KILL SWITCH ENGAGED: ${answer.killSwitch.reason}`);
  const isTold = (gap: string) => all || counts.unexplained > 0 || !isRoutine(gap);
  for (const gap of gaps.filter(isTold)) sayLine(`not known: ${gap}`);
  showUnreadable(unreadable);
  showDifferingOrders(orders?.differing ?? []);
  printLine(
    `${engineId}, ${sourceText(source)}: ${countsText(counts)}${forcedText(answer)}; ${ordersText(orders)}`,
  );
}

function showLines(lines: readonly LineRow[], all: boolean): void {
  const ranked = lines.toSorted((a, b) => rankOf(a) - rankOf(b));
  const shown = all ? ranked : ranked.filter((line) => !isPlain(line));
  if (shown.length > 0) print(columnTable(COLUMNS, shown));
  const hidden = lines.length - shown.length;
  if (hidden > 0)
    printLine(`${counted(hidden, 'figure matches', 'figures match')}, not shown; --all shows them`);
}

function rankOf(line: LineRow): number {
  return isForced(line) ? VERDICT_ORDER.length : VERDICT_ORDER.indexOf(line.verdict);
}

function isPlain(line: LineRow): boolean {
  return line.verdict === 'match' && !isForced(line) && !line.entryPriceDiffers;
}

function isForced({ forced }: LineRow): boolean {
  return forced !== '0';
}

/** A balance is not traded in lots. */
function lotsText({ kind, lots }: LineRow): string {
  return kind === 'balance' ? '-' : (lots ?? '-');
}

function verdictText({ verdict, explainedByFills, explainedByFlows }: LineRow): string {
  if (verdict !== 'explained') return verdict;
  const by = [
    ...(isZero(explainedByFills) ? [] : ['fills']),
    ...(isZero(explainedByFlows) ? [] : ['flows']),
  ];
  return by.length === 0 ? verdict : `${verdict} by ${by.join(' and ')}`;
}

function entryText({ entryPrice, entryPriceDiffers }: LineRow): string {
  if (!entryPriceDiffers) return '-';
  return `${entryPrice?.internal ?? 'unknown'}, there ${entryPrice?.exchange ?? 'unknown'}`;
}

export function countsText(counts: ReconcileAnswer['counts']): string {
  const { match, explained, dust, unexplained, unknown } = counts;
  return (
    `${match} match, ${explained} explained, ${dust} dust, ` +
    `${unexplained} unexplained, ${unknown} unknown`
  );
}

function forcedText({ lines }: ReconcileAnswer): string {
  const forced = lines.filter(isForced).length;
  return forced === 0 ? '' : `, ${forced} closed by force`;
}

function ordersText(orders: ReconcileAnswer['orders']): string {
  if (orders === null) return 'orders not compared';
  const { differing, uncompared } = orders;
  const said =
    differing.length === 0
      ? 'orders agree'
      : counted(differing.length, 'order differs', 'orders differ');
  return uncompared.length === 0 ? said : `${said}, not compared at ${uncompared.join(', ')}`;
}

export function sourceText(source: Source): string {
  switch (source.kind) {
    case 'engine':
      return 'live engine';
    case 'checkpoint':
      return `checkpoint ${source.name}, ${durationText(source.ageMs)} old`;
    case 'nothing':
      return 'NOTHING COULD BE COMPARED';
  }
}

/** Null where the engine answers. */
export function silenceText(source: Source): string | null {
  switch (source.kind) {
    case 'engine':
      return null;
    case 'checkpoint':
      return `${source.why}; the newest checkpoint stands in for its books`;
    case 'nothing':
      return source.why;
  }
}

export function showUnlisted(unlisted: Unlisted): void {
  for (const { venue, instrument } of unlisted) {
    sayLine(`${venue} does not list ${instrument}: check venues.${venue}.instruments`);
  }
}

export function showLeftApart(leftApart: readonly string[]): void {
  for (const one of leftApart) sayLine(one);
}

export function showUnreadable(unreadable: readonly Unreadable[]): void {
  for (const { venue, why } of unreadable) sayLine(`${venue} COULD NOT BE READ, unknown: ${why}`);
}
