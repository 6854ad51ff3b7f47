/**
 * Reconciling 10,000 instruments with 100,000 orders and 100,000 fills, against decoding the same
 * snapshot: time as a ratio of JSON.parse, memory as a ratio of its bytes.
 *
 * Invariants: the data is a function of its sizes alone; times are medians of rounds in which every
 * part has its turn in one process, each after a garbage collection; memory is what a first run
 * leaves on the heap, most of its garbage included.
 */
import { canonical } from '../../workflows/domain/numbers/decimal.js';
import { effectOfFills, missingFills } from '../../workflows/domain/books/fills.js';
import { recoverOrders } from '../../workflows/domain/orders/fate/recovery.js';
import { reconcile } from '../../workflows/domain/reconciliation/reconciliation.js';
import {
  readableVenues,
  type ReadableVenue,
  type Snapshot,
} from '../../workflows/domain/books/snapshot.js';
import { appliedFillId, balanceKey, positionKey } from '../../workflows/domain/books/keys.js';
import {
  emptyState,
  stateDigest,
  type Balance,
  type EngineState,
  type Fill,
  type Order,
  type Position,
} from '../../workflows/domain/books/state.js';

export interface ReconciliationSizes {
  instruments: number;
  orders: number;
  fills: number;
}

export const FULL_SIZE: ReconciliationSizes = {
  instruments: 10_000,
  orders: 100_000,
  fills: 100_000,
};

/** Times in ms; `memory` in bytes above what the decoded input takes. */
export interface ReconciliationCosts {
  snapshotBytes: number;
  parseMs: number;
  reconcileMs: number;
  ordersMs: number;
  digestMs: number;
  memory: number;
  /** The answer was the right one. */
  allExplained: boolean;
}

const VENUES = ['binance', 'binanceusdm', 'coinbase', 'kraken'] as const;
const PLACE = { account: 'main' } as const;
const START_MS = 1_700_000_000_000;
const ROUNDS = 5;
/** Every tenth fill came after the checkpoint. */
const MISSING_EACH = 10;

interface ReconciliationData {
  internal: EngineState;
  snapshot: Snapshot;
}

/** The venues hold what the engine held and what its missing fills moved: all is explained. */
function reconciliationData(sizes: ReconciliationSizes): ReconciliationData {
  const where = (index: number) => {
    const instrument = index % sizes.instruments;
    const venue = VENUES[instrument % VENUES.length] ?? VENUES[0];
    return { ...PLACE, venue, instrument: `C${instrument}/USDT:USDT` };
  };
  const count = (length: number) => Array.from({ length }, (_, index) => index);
  const positions = count(sizes.instruments).map((i) => positionOf(i, where(i)));
  const balances = VENUES.map((venue) => ({ ...PLACE, venue, asset: 'USDT', total: '5000000.25' }));
  const orders = count(sizes.orders).map((i) => orderOf(i, where(i)));
  const fills = count(sizes.fills).map((i) => fillOf(i, where(i)));
  const missing = fills.filter((_, index) => index % MISSING_EACH === 0);
  const applied = fills.filter((_, index) => index % MISSING_EACH !== 0);
  const appliedFills = Object.fromEntries(
    VENUES.map((venue) => [venue, applied.filter((f) => f.venue === venue).map(appliedFillId)]),
  );
  const internal = { ...emptyState(), positions, balances, orders, appliedFills };
  const moved = afterFills({ positions, balances }, missing);
  const venues = VENUES.map((venue) => venueOf(venue, { ...moved, orders, fills }));
  return { internal, snapshot: { takenAtMs: START_MS + sizes.fills, venues } };
}

interface Where {
  venue: string;
  account: string;
  instrument: string;
}

function positionOf(index: number, where: Where): Position {
  const quantity = `${(index % 97) + 1}.${(index % 89) + 10}1`;
  return { ...where, side: 'net', quantity, averagePrice: `${(index % 1009) + 20}.4375` };
}

export function orderOf(index: number, where: Where): Order {
  return {
    ...where,
    clientOrderId: `relight-mm1-${String(index).padStart(12, '0')}`,
    venueOrderId: `88${String(index).padStart(10, '0')}`,
    side: index % 2 === 0 ? 'buy' : 'sell',
    type: 'limit',
    price: `${(index % 1009) + 20}.75`,
    quantity: `${(index % 13) + 1}.5`,
    filled: index % 5 === 0 ? '0.25' : '0',
    state: 'open',
  };
}

function fillOf(index: number, where: Where): Fill {
  return {
    ...where,
    tradeId: `77${String(index).padStart(10, '0')}`,
    venueOrderId: `88${String(index).padStart(10, '0')}`,
    side: index % 3 === 0 ? 'sell' : 'buy',
    quantity: `0.${(index % 89) + 10}1`,
    price: `${(index % 1009) + 20}.625`,
    fee: { asset: 'USDT', amount: `0.00${(index % 79) + 10}3` },
    realizedPnl: index % 3 === 0 ? `-0.${(index % 71) + 10}7` : '0',
    timeMs: START_MS + index,
  };
}

function afterFills(
  held: { positions: Position[]; balances: Balance[] },
  fills: readonly Fill[],
): { positions: Position[]; balances: Balance[] } {
  const effect = effectOfFills(fills);
  const plus = (amount: string, key: string) => canonical(effect.get(key)?.plus(amount) ?? amount);
  return {
    positions: held.positions.map((p) => ({ ...p, quantity: plus(p.quantity, positionKey(p)) })),
    balances: held.balances.map((b) => ({ ...b, total: plus(b.total, balanceKey(b)) })),
  };
}

function venueOf(
  venue: string,
  all: Pick<ReadableVenue, 'positions' | 'balances' | 'orders' | 'fills'>,
): ReadableVenue {
  const here = <T extends { venue: string }>(rows: T[]) => rows.filter((r) => r.venue === venue);
  const positions = here(all.positions);
  return {
    readable: true,
    venue,
    ...PLACE,
    cashFlows: [],
    gaps: [],
    positions,
    balances: here(all.balances),
    orders: here(all.orders),
    fills: here(all.fills),
    instruments: positions.map(({ instrument }) => ({
      instrument,
      quantityStep: '0.001',
      priceTick: '0.0001',
      minNotional: '5',
      contractSize: '1',
      inverse: false,
    })),
    marks: Object.fromEntries(
      positions.map(({ instrument, averagePrice }) => {
        return [instrument, averagePrice ?? '1'];
      }),
    ),
  };
}

/** `collect`: a full garbage collection; run Node with --expose-gc to have one. */
export function measureReconciliation(
  sizes: ReconciliationSizes,
  collect: () => void,
): ReconciliationCosts {
  const { internal, snapshot: made } = reconciliationData(sizes);
  const text = JSON.stringify(made);
  const snapshot = JSON.parse(text) as Snapshot;
  const { memory, allExplained } = firstRun({ internal, snapshot }, collect);
  const [parseMs = 0, reconcileMs = 0, ordersMs = 0, digestMs = 0] = medians(collect, [
    () => JSON.parse(text) as unknown,
    () => reconcile(internal, snapshot, RULES),
    () => recover({ internal, snapshot }),
    () => stateDigest(internal),
  ]);
  const snapshotBytes = Buffer.byteLength(text);
  return { snapshotBytes, parseMs, reconcileMs, ordersMs, digestMs, memory, allExplained };
}

const RULES = { tolerance: '0.0001', asOfMs: START_MS };

/** All parts in turn, so that a busy moment of the machine strikes none alone. */
function medians(collect: () => void, parts: readonly (() => unknown)[]): number[] {
  const times = parts.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, run] of parts.entries()) {
      collect();
      const startedAt = performance.now();
      run();
      times[index]?.push(performance.now() - startedAt);
    }
  }
  return times.map((each) => each.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0);
}

function recover({ internal, snapshot }: ReconciliationData) {
  const reported = readableVenues(snapshot).flatMap(({ fills }) => fills);
  const fills = missingFills(internal, reported);
  const options = { orderIdPrefix: 'relight-', foreign: 'leave' as const, fills };
  return recoverOrders(internal, snapshot, new Map(), options);
}

/** What both steps leave on the heap; garbage that was collected meanwhile is not in it. */
function firstRun(data: ReconciliationData, collect: () => void) {
  collect();
  const before = process.memoryUsage().heapUsed;
  const { lines } = reconcile(data.internal, data.snapshot, RULES);
  const { orders } = recover(data);
  const memory = process.memoryUsage().heapUsed - before;
  const clean = lines.every(({ verdict }) => verdict === 'match' || verdict === 'explained');
  return { memory, allExplained: clean && orders.length === data.internal.orders.length };
}
