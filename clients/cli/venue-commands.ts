/**
 * `relight reconcile`, `positions`, `orders`: what the venues say, without Temporal. They read only,
 * also while the engine trades. What could not be read is named, and is never shown flat.
 */
import type { Command } from 'commander';
import type { OrdersAnswer, PositionsAnswer, ReconcileAnswer } from './answers.js';
import { chosen, ENGINE_OPTION } from './engine-option.js';
import type { Operations } from './operations.js';
import { showOrders } from './orders-table.js';
import { EXIT, printJson } from './output.js';
import { showPositions } from './positions-table.js';
import { showReconciliation } from './reconcile-table.js';

type WithOperations = (act: (operations: Operations) => Promise<number>) => Promise<void>;

interface Options {
  engine?: string;
  json?: boolean;
  all?: boolean;
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
      .option('--json', `print JSON: docs/answers/${name}.schema.json`)
      .action((options: Options) => withOperations((operations) => act(operations, options)));
  command('reconcile', 'compare an engine with its venues now; reads only', reconcile).option(
    '--all',
    'show the figures that are equal, too',
  );
  command('positions', 'positions and balances as the venues have them now', positions);
  command('orders', 'resting orders as the venues have them now, conditional ones too', orders);
}

async function reconcile(operations: Operations, options: Options): Promise<number> {
  const answer = await operations.reconcile(chosen(operations, options.engine));
  if (options.json === true) printJson(answer);
  else showReconciliation(answer, { all: options.all === true });
  if (differs(answer)) return EXIT.negative;
  return isWhole(answer) ? EXIT.done : EXIT.unknown;
}

function differs({ counts, lines, orders: compared }: ReconcileAnswer): boolean {
  const forced = lines.some((line) => line.forced !== '0');
  return counts.unexplained > 0 || forced || (compared?.differing ?? []).length > 0;
}

function isWhole({ counts, unreadable, orders: compared }: ReconcileAnswer): boolean {
  const figures = counts.unknown === 0 && unreadable.length === 0;
  return figures && compared !== null && compared.uncompared.length === 0;
}

async function positions(operations: Operations, options: Options): Promise<number> {
  const answer = await operations.positions(chosen(operations, options.engine));
  if (options.json === true) printJson(answer);
  else showPositions(answer);
  return exitCodeOf(answer);
}

async function orders(operations: Operations, options: Options): Promise<number> {
  const answer = await operations.orders(chosen(operations, options.engine));
  if (options.json === true) printJson(answer);
  else showOrders(answer);
  return exitCodeOf(answer);
}

function exitCodeOf({ unreadable }: PositionsAnswer | OrdersAnswer): number {
  return unreadable.length === 0 ? EXIT.done : EXIT.unknown;
}
