/**
 * Old data in a well-formed answer. Told once, a snapshot outvotes it where the list is read twice.
 * Told for good it agrees with itself: then the other lists contradict it, which reconciliation sees.
 */
import assert from 'node:assert/strict';
import type { Endpoint } from '../../../../sandbox/venues/index.js';
import {
  reconcile,
  type Reconciliation,
} from '../../../../workflows/domain/reconciliation/reconciliation.js';
import type { ReadableVenue } from '../../../../workflows/domain/books/snapshot.js';
import { appliedFillId, appliedFlowId } from '../../../../workflows/domain/books/keys.js';
import { emptyState, type EngineState } from '../../../../workflows/domain/books/state.js';
import { sorted } from './cases.js';
import { CASH_ASSETS } from './reading.js';
import { assertSame } from './ledger-truth.js';

/** The world before its change: when it was, what was read of it, and an engine that knew it. */
export interface Before {
  atMs: number;
  truth: ReadableVenue;
  state: EngineState;
}

export function stateOf(truth: ReadableVenue): EngineState {
  const { venue, positions, balances, orders, fills, cashFlows } = truth;
  const applied = [...fills.map(appliedFillId), ...(cashFlows ?? []).map(appliedFlowId)];
  return { ...emptyState(), positions, balances, orders, appliedFills: { [venue]: applied } };
}

/** Lists that one snapshot reads more than once, and orders in their own way. */
const READ_TWICE: readonly Endpoint[] = [
  'openOrders',
  'conditionalOrders',
  'fills',
  'forcedOrders',
  'positions',
  'balance',
];
const OF_ORDERS: readonly Endpoint[] = ['openOrders', 'conditionalOrders'];

interface Old {
  read: ReadableVenue;
  truth: ReadableVenue;
  before: Before;
  endpoint: Endpoint | '*';
  count?: number | undefined;
  what: string;
}

/** How it ended, to be counted. */
export function assertOldIsNoticed(old: Old): string {
  const { read, truth, before, endpoint, count, what } = old;
  const after = reconciled(before, truth);
  assert.deepEqual(notExplained(after), [], `${what}: the clean change is explained`);
  const twice = READ_TWICE.some((one) => one === endpoint);
  if (count === 1 && twice) {
    assertSame(read, truth, what);
    return 'the truth';
  }
  if (OF_ORDERS.some((one) => one === endpoint)) return assertOldOrders(old);
  const result = reconciled(before, read);
  if (notExplained(result).length > 0) return 'old and unexplained';
  assert.deepEqual(figures(result), figures(after), `${what}: explained, and not the ledger`);
  return 'old and without consequence';
}

function reconciled({ state, atMs }: Before, venue: ReadableVenue): Reconciliation {
  const snapshot = { takenAtMs: Date.now(), venues: [venue] };
  const options = { tolerance: '0.0001', asOfMs: atMs, cashAssets: CASH_ASSETS };
  return reconcile(state, snapshot, options);
}

function notExplained({ lines }: Reconciliation): Reconciliation['lines'] {
  return lines.filter(({ verdict }) => verdict === 'unexplained' || verdict === 'unknown');
}

function figures({ state }: Reconciliation): string[] {
  return sorted([...state.positions, ...state.balances]);
}

/** Of orders alone nothing else tells: each listed one was true, and the figures are the ledger's. */
function assertOldOrders({ read, truth, before, what }: Old): string {
  const known = new Set(sorted([...before.truth.orders, ...truth.orders]));
  const invented = sorted(read.orders).filter((order) => !known.has(order));
  assert.deepEqual(invented, [], `${what}: orders that never were so`);
  assert.deepEqual(figures(reconciled(before, read)), figures(reconciled(before, truth)), what);
  return 'old orders that nothing contradicts';
}
