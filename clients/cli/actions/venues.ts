/**
 * `relight reconcile`, `positions`, `orders`: what the venues say, without Temporal. They read only,
 * also while the engine trades. What could not be read is named, and is never shown flat.
 */
import type { OrdersAnswer, PositionsAnswer, ReconcileAnswer } from '../answers/schemas.js';
import type { Operations } from '../operations.js';
import { EXIT, printJson } from '../output.js';
import { showOrders } from '../tables/orders.js';
import { showPositions } from '../tables/positions.js';
import { showReconciliation } from '../tables/reconciliation.js';
import { chosen } from './engine.js';

export interface VenueOptions {
  engine?: string;
  json?: boolean;
  all?: boolean;
}

export async function reconcile(operations: Operations, options: VenueOptions): Promise<number> {
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
  const figures = counts.unknown + counts.unverified === 0 && unreadable.length === 0;
  return figures && compared !== null && compared.uncompared.length === 0;
}

export async function positions(operations: Operations, options: VenueOptions): Promise<number> {
  const answer = await operations.positions(chosen(operations, options.engine));
  if (options.json === true) printJson(answer);
  else showPositions(answer);
  return exitCodeOf(answer);
}

export async function orders(operations: Operations, options: VenueOptions): Promise<number> {
  const answer = await operations.orders(chosen(operations, options.engine));
  if (options.json === true) printJson(answer);
  else showOrders(answer);
  return exitCodeOf(answer);
}

function exitCodeOf({ unreadable }: PositionsAnswer | OrdersAnswer): number {
  return unreadable.length === 0 ? EXIT.done : EXIT.unknown;
}
