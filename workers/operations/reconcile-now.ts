/**
 * `relight reconcile`: an engine against its venues, now. It reads only.
 *
 * Invariants: a live engine trades meanwhile, so what differs is looked at again, a bounded number of
 * times, and the look that finds least counts, because two books that once agreed do agree; an order
 * counts that every look finds, and that its venue was asked about; the orders of an engine that does not answer are not compared,
 * because what became of them since is for a recovery to find out; an answer tells what it could not
 * compare.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { offered } from '../../activities/procedures/capabilities.js';
import { compareLive, type Book } from '../../activities/procedures/orders/compare-live.js';
import type { LineRow, ReconcileAnswer, Source } from '../../clients/cli/answers/schemas.js';
import { takenAtMs } from '../../workflows/domain/engine/checkpoint.js';
import { compareOrders, type OrderDifferences } from '../../workflows/domain/orders/differences.js';
import {
  countVerdicts,
  reconcile,
  type Reconciliation,
  type ReconciliationLine,
} from '../../workflows/domain/reconciliation/reconciliation.js';
import {
  LOOKS,
  afterLook,
  persistentOrders,
} from '../../workflows/domain/reconciliation/persistence.js';
import { whyWords } from '../../workflows/domain/books/fault-words.js';
import { readableVenues, type Snapshot } from '../../workflows/domain/books/snapshot.js';
import type { EngineState } from '../../workflows/domain/books/state.js';
import { namedByVenueIds } from '../../workflows/domain/orders/told-by-venue-id.js';
import { worthCurrency } from '../../workflows/domain/books/worth-currency.js';
import { validateNewest } from './checkpoints.js';
import { composeFence } from '../compose/fence.js';
import { composeHost } from '../compose/host.js';
import { composeVenues } from '../compose/venues.js';
import { engineOf } from '../config/engines.js';
import type { Config } from '../config/schema.js';
import type { EnginePart } from '../config/to-read.js';
import { whyOf } from './why.js';
import { engineWords, hostOf } from './trouble-words.js';
import { readNow, unreadableRows } from './venue-views.js';

type Compared = Exclude<Source, { kind: 'nothing' }>;

interface Pass {
  source: Compared;
  snapshot: Snapshot;
  result: Reconciliation;
  /** Null where the engine does not answer. */
  orders: OrderDifferences | null;
}

/** The live engine's own state where it answers, its newest valid checkpoint where it does not. */
export async function reconcileNow(
  config: Config,
  engineId: string,
  without: readonly EnginePart[] = [],
): Promise<ReconcileAnswer> {
  const killSwitch = await killSwitchOf(config, engineId);
  const looks: Pass[] = [];
  do {
    const look = await compare(config, engineId, { thorough: looks.length > 0, without });
    if ('why' in look) return { ...nothingCompared(engineId, look.why), killSwitch };
    looks.push(look);
  } while (looksAgain(looks));
  return { ...answerOf(config, engineId, looks), killSwitch };
}

/** A file that cannot be read keeps nobody from comparing. */
async function killSwitchOf(
  config: Config,
  engineId: string,
): Promise<ReconcileAnswer['killSwitch']> {
  return composeFence(config)
    .killSwitch(engineId)
    .catch(() => null);
}

function looksAgain(looks: readonly Pass[]): boolean {
  const last = looks.at(-1);
  if (last === undefined) return false;
  const mayMove = last.orders !== null && (unexplainedIn(last) > 0 || !isSame(last.orders));
  const found = { looks: looks.length, differs: !isClean(last) };
  return afterLook(found, mayMove ? LOOKS.trading : LOOKS.atRest) === 'look_again';
}

function unexplainedIn({ result }: Pass): number {
  return countVerdicts(result.lines).unexplained;
}

/** No venue was read: there is nothing that its answer could be compared with. */
export function nothingCompared(engineId: string, why: string): ReconcileAnswer {
  return {
    engineId,
    takenAtMs: Date.now(),
    source: { kind: 'nothing', why },
    killSwitch: null,
    counts: countVerdicts([]),
    fillsApplied: 0,
    flowsApplied: 0,
    unreadable: [],
    gaps: [],
    lines: [],
    orders: null,
  };
}

function answerOf(
  config: Config,
  engineId: string,
  looks: readonly Pass[],
): Omit<ReconcileAnswer, 'killSwitch'> {
  const { source, snapshot, result } = looks.reduce((least, look) =>
    unexplainedIn(look) <= unexplainedIn(least) ? look : least,
  );
  const currencyOf = worthCurrency(snapshot, engineOf(config, engineId).cashAssets);
  return {
    engineId,
    takenAtMs: snapshot.takenAtMs,
    source,
    counts: countVerdicts(result.lines),
    fillsApplied: result.fillsApplied,
    flowsApplied: result.flowsApplied,
    unreadable: unreadableRows(config, snapshot),
    gaps: doubtsOf(config, snapshot, result),
    lines: result.lines.map((line) => lineRow(line, currencyOf(line))),
    orders: looks.map(({ orders }) => orders).reduce(inBoth),
  };
}

/** What the venues could not tell, and what the comparison had to leave open. */
function doubtsOf(
  { venues }: Config,
  snapshot: Snapshot,
  { lines, unknowns }: Reconciliation,
): string[] {
  const untold = readableVenues(snapshot).flatMap(({ venue, gaps }) => {
    const host = hostOf(venues[venue]);
    return gaps.map((gap) => `${venue}: ${whyWords(gap, host)}`);
  });
  const noted = lines.flatMap(({ venue, item, notes = [] }) =>
    notes.map((note) => `${venue} ${item}: ${note}`),
  );
  return [...new Set([...untold, ...unknowns, ...noted])];
}

/** One reading proves no order missing. */
function inBoth(a: OrderDifferences | null, b: OrderDifferences | null): OrderDifferences | null {
  return a === null || b === null ? null : persistentOrders(a, b);
}

/** Of what was compared. */
function isSame({ differing }: OrderDifferences): boolean {
  return differing.length === 0;
}

/** Field by field: what a line gains is not told before it is documented. */
export function lineRow(line: ReconciliationLine, notionalAsset: string | null): LineRow {
  return {
    kind: line.kind,
    venue: line.venue,
    account: line.account,
    item: line.item,
    instrument: line.instrument,
    side: line.side,
    internal: line.internal,
    exchange: line.exchange,
    difference: line.difference,
    explainedByFills: line.explainedByFills,
    explainedByFlows: line.explainedByFlows,
    unexplained: line.unexplained,
    notional: line.notional,
    notionalAsset,
    lots: line.lots,
    forced: line.forced,
    entryPrice: line.entryPrice,
    entryPriceDiffers: line.entryPriceDiffers,
    verdict: line.verdict,
  };
}

function isClean({ result, orders }: Pass): boolean {
  const agrees = result.lines.every(
    ({ verdict, forced }) => verdict !== 'unexplained' && forced === '0',
  );
  return agrees && (orders === null || isSame(orders));
}

async function compare(
  config: Config,
  engineId: string,
  { thorough, without }: { thorough: boolean; without: readonly EnginePart[] },
): Promise<Pass | { why: string }> {
  const { cashAssets, orderIdPrefix, policy } = engineOf(config, engineId);
  const { tolerance, dustNotional, fillOverlapMs } = policy.reconciliation;
  const internal = await internalState(config, engineId, without);
  if ('why' in internal) return internal;
  const { source, asOfMs, state } = internal;
  const sinceMs = Math.max(0, asOfMs - fillOverlapMs);
  const snapshot = await readNow(config, engineId, { sinceMs, thorough });
  const isLive = source.kind === 'engine';
  const listed = readableVenues(snapshot).flatMap((venue) => venue.orders);
  const book = { orders: namedByVenueIds(state.orders, listed), snapshot, orderIdPrefix };
  // No time tells which cash flows a live engine has booked yet.
  const times = isLive ? { asOfMs, doubtMs: asOfMs - sinceMs } : { asOfMs };
  return {
    source,
    snapshot,
    result: reconcile(state, snapshot, { tolerance, dustNotional, cashAssets, ...times }),
    orders: isLive ? await ordersNow(config, engineId, { book, thorough }) : null,
  };
}

/** What differs at the first look may be on its way; at any later one the venue is asked about it. */
async function ordersNow(
  config: Config,
  engineId: string,
  { book, thorough }: { book: Book; thorough: boolean },
): Promise<OrderDifferences> {
  const listed = compareOrders(book.orders, book.snapshot, book.orderIdPrefix);
  if (!thorough || listed.differing.length === 0) return listed;
  return compareLive(book, composeVenues(config).ofEngine(engineId), {
    sleep,
    beat: () => undefined,
  });
}

interface InternalState {
  source: Compared;
  asOfMs: number;
  state: EngineState;
}

async function internalState(
  config: Config,
  engineId: string,
  without: readonly EnginePart[],
): Promise<InternalState | { why: string }> {
  const fallBack = async (why: string) =>
    without.includes('checkpoints')
      ? { why: `${why}, and its checkpoints are not configured` }
      : fromCheckpoint(config, engineId, why);
  if (without.includes('control')) return fallBack('its control is not configured');
  try {
    const control = composeHost(config).control(engineId);
    const { state, sequence } = await offered(control, 'state')();
    return { source: { kind: 'engine', sequence }, asOfMs: Date.now(), state };
  } catch (error) {
    return fallBack(engineWords(engineOf(config, engineId), error));
  }
}

async function fromCheckpoint(
  config: Config,
  engineId: string,
  why: string,
): Promise<InternalState | { why: string }> {
  try {
    const newest = await validateNewest(config, engineId);
    if (newest === null) return { why: `${why}, and it has no valid checkpoint` };
    const { header, state } = newest.checkpoint;
    const asOfMs = takenAtMs(header);
    const { sequence } = header;
    const ageMs = Date.now() - asOfMs;
    const source: Compared = { kind: 'checkpoint', name: newest.name, sequence, ageMs, why };
    return { source, asOfMs, state };
  } catch (error) {
    return { why: `${why}, and its checkpoints cannot be read (${whyOf(error)})` };
  }
}
