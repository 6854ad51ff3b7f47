/**
 * `relight reconcile`, `positions`, `orders`, `watch`: what the venues say, without Temporal. They
 * read only, also while the engine trades. What could not be read is named, and is never shown flat.
 */
import type { Command } from 'commander';
import { canonical, multiply } from '../../workflows/domain/decimal.js';
import { bookTroubles, isSame } from '../../workflows/domain/books.js';
import type { ReconciliationLine, Verdict } from '../../workflows/domain/reconciliation.js';
import { chosen, ENGINE_OPTION, UsageError } from './engine-option.js';
import type {
  Operations,
  OrderRow,
  OrdersAnswer,
  PositionsAnswer,
  ReconcileAnswer,
  Unreadable,
  WatchPass,
} from './operations.js';
import { EXIT, print, printJson, say, table } from './output.js';

type WithOperations = (act: (operations: Operations) => Promise<number>) => Promise<void>;

interface Options {
  engine?: string;
  json?: boolean;
}

export function addVenueCommands(program: Command, withOperations: WithOperations): void {
  const command = (
    name: string,
    description: string,
    act: (operations: Operations, options: Options) => Promise<number>,
  ) =>
    program
      .command(name)
      .description(description)
      .option(...ENGINE_OPTION)
      .option('--json', 'print JSON')
      .action((options: Options) => withOperations((operations) => act(operations, options)));
  command('reconcile', 'compare an engine with its venues now; reads only', reconcile);
  command('positions', 'positions and balances as the venues have them now', positions);
  command('orders', 'resting orders as the venues have them now, conditional ones too', orders);
  command('watch', 'reconcile again and again; alarms when a difference stays', watch).option(
    '--every <seconds>',
    'time between two reconciliations, in seconds',
    '30',
  );
}

async function reconcile(operations: Operations, options: Options): Promise<number> {
  const answer = await operations.reconcile(chosen(operations, options.engine));
  if (options.json === true) printJson(answer);
  else showReconciliation(answer);
  return isClean(answer) ? EXIT.done : EXIT.negative;
}

function isClean({ counts, unreadable, orders: books }: ReconcileAnswer): boolean {
  const agrees = counts.unexplained === 0 && counts.unknown === 0;
  return agrees && unreadable.length === 0 && (books === null || isSame(books));
}

/** What needs a person comes last, next to the prompt. */
const VERDICT_ORDER: Verdict[] = ['match', 'explained', 'dust', 'unknown', 'unexplained'];

function showReconciliation(answer: ReconcileAnswer): void {
  const { engineId, source, lines, counts, unreadable, gaps, orders: books } = answer;
  const ranked = lines.toSorted(
    (a, b) => VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict),
  );
  const head = ['venue', 'item', 'internal', 'exchange', 'difference', 'unexplained'];
  print(table([...head, 'in lots', 'worth', 'verdict'], ranked.map(lineCells)));
  for (const gap of gaps) say(`not known: ${gap}`);
  showUnreadable(unreadable);
  for (const trouble of books === null ? [] : bookTroubles(books)) print(`order ${trouble}`);
  print(
    `${engineId} (${source}): ${counts.match} equal, ${counts.explained} explained, ` +
      `${counts.dust ?? 0} dust, ${counts.unexplained} unexplained, ${counts.unknown} unknown; ` +
      ordersSaid(books),
  );
}

function ordersSaid(books: ReconcileAnswer['orders']): string {
  if (books === null) return 'orders not compared, because it does not answer';
  const differing = bookTroubles(books).length;
  return differing === 0 ? 'orders agree' : `${differing} order(s) differ`;
}

function lineCells(line: ReconciliationLine): string[] {
  return [
    line.venue,
    line.item,
    line.internal,
    line.exchange ?? 'unknown',
    line.difference ?? 'unknown',
    line.unexplained ?? 'unknown',
    line.lots ?? '-',
    line.notional ?? '-',
    line.verdict,
  ];
}

async function positions(operations: Operations, options: Options): Promise<number> {
  const answer = await operations.positions(chosen(operations, options.engine));
  if (options.json === true) printJson(answer);
  else showPositions(answer);
  return answer.unreadable.length === 0 ? EXIT.done : EXIT.negative;
}

function showPositions({ engineId, positions: held, balances, unreadable }: PositionsAnswer): void {
  const rows = held.map((p) => [
    p.venue,
    p.instrument,
    p.side,
    p.quantity,
    p.averagePrice ?? 'unknown',
    p.mark ?? 'unknown',
    p.notional ?? 'unknown',
    p.unrealizedPnl ?? 'unknown',
  ]);
  const head = ['venue', 'position', 'side', 'quantity', 'entry', 'mark', 'worth', 'unrealised'];
  if (rows.length > 0) print(`${table(head, rows)}\n`);
  const cash = balances.map((b) => [b.venue, b.asset, b.total, b.mark ?? '-', b.notional ?? '-']);
  if (cash.length > 0) print(table(['venue', 'balance', 'total', 'mark', 'worth'], cash));
  showUnreadable(unreadable);
  const known = unreadable.length === 0 ? '' : ` where it could be read`;
  print(`${engineId}: ${held.length} position(s), ${balances.length} balance(s)${known}`);
}

async function orders(operations: Operations, options: Options): Promise<number> {
  const answer = await operations.orders(chosen(operations, options.engine));
  if (options.json === true) printJson(answer);
  else showOrders(answer);
  return answer.unreadable.length === 0 ? EXIT.done : EXIT.negative;
}

function showOrders({ engineId, orders: open, unreadable }: OrdersAnswer): void {
  const head = ['venue', 'instrument', 'side', 'type', 'quantity', 'filled', 'price', 'trigger'];
  if (open.length > 0)
    print(table([...head, 'from mark', 'whose', 'client id'], open.map(orderCells)));
  showUnreadable(unreadable);
  const ours = open.filter((order) => order.ours).length;
  const known = unreadable.length === 0 ? '' : ` where it could be read`;
  print(`${engineId}: ${ours} order(s) of ours, ${open.length - ours} of others${known}`);
}

function orderCells(order: OrderRow): string[] {
  const { venue, instrument, side, type, quantity, filled, price, triggerPrice, fromMark } = order;
  const whole = quantity === '0' && order.reduceOnly === true ? 'whole position' : quantity;
  return [
    venue,
    instrument,
    side,
    type,
    whole,
    filled,
    price ?? 'market',
    triggerPrice ?? '-',
    fromMark === null ? '-' : `${canonical(multiply(fromMark, '100'))} %`,
    order.ours ? 'ours' : 'other',
    order.clientOrderId,
  ];
}

function showUnreadable(unreadable: readonly Unreadable[]): void {
  for (const { venue, why } of unreadable) say(`${venue} COULD NOT BE READ, unknown: ${why}`);
}

async function watch(
  operations: Operations,
  options: Options & { every?: string },
): Promise<number> {
  const everyMs = millisecondsOf(options.every ?? '30');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const engineId = chosen(operations, options.engine);
  if (options.json !== true) say(`Watching ${engineId} every ${everyMs / 1000} s; Ctrl-C ends it.`);
  const open = await operations.watch(engineId, {
    everyMs,
    signal: stop.signal,
    onPass: (pass) => (options.json === true ? print(JSON.stringify(pass)) : showPass(pass)),
  });
  return open.length === 0 ? EXIT.done : EXIT.negative;
}

function millisecondsOf(every: string): number {
  const seconds = Number(every);
  if (Number.isFinite(seconds) && seconds >= 1) return seconds * 1000;
  throw new UsageError(`--every is "${every}": give a number of seconds, 1 or more`);
}

function showPass({ atMs, counts, raised, cleared, open }: WatchPass): void {
  const at = new Date(atMs).toISOString();
  for (const trouble of raised) print(`${at}  ALARM    ${trouble}`);
  for (const trouble of cleared) print(`${at}  cleared  ${trouble}`);
  const { match, explained, unexplained, unknown } = counts;
  const said = `${match} equal, ${explained} explained, ${unexplained} unexplained, ${unknown} unknown`;
  print(`${at}  ${said}${open.length === 0 ? '' : `; ${open.length} alarm(s) open`}`);
}
