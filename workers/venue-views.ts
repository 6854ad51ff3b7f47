/** What the command line shows of the venues, read now; nothing here writes to a venue. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../activities/errors.js';
import { readVenues } from '../activities/snapshot.js';
import type {
  BalanceRow,
  OrderRow,
  OrdersAnswer,
  PositionRow,
  PositionsAnswer,
  ReconcileAnswer,
} from '../clients/cli/operations.js';
import { takenAtMs } from '../workflows/domain/checkpoint.js';
import { Decimal, canonical } from '../workflows/domain/decimal.js';
import { countVerdicts, reconcile } from '../workflows/domain/reconciliation.js';
import {
  readableVenues,
  unreadableVenues,
  type ReadableVenue,
  type Snapshot,
} from '../workflows/domain/snapshot.js';
import type { EngineState, Order } from '../workflows/domain/state.js';
import { notionalOf, unrealizedPnlOf } from '../workflows/domain/valuation.js';
import { validateNewest } from './checkpoints.js';
import { composeHost, composeVenues, engineOf } from './compose.js';
import { ConfigError, type Config, type EngineConfig } from './config.js';

export async function positionsNow(config: Config, engineId: string): Promise<PositionsAnswer> {
  const { cashAssets } = engineOf(config, engineId);
  const snapshot = await readNow(config, engineId, { sinceMs: Date.now(), thorough: true });
  const venues = readableVenues(snapshot);
  return {
    engineId,
    takenAtMs: snapshot.takenAtMs,
    positions: venues.flatMap(positionRows),
    balances: venues.flatMap((venue) => balanceRows(venue, cashAssets)),
    unreadable: unreadableVenues(snapshot),
  };
}

export async function ordersNow(config: Config, engineId: string): Promise<OrdersAnswer> {
  const engine = engineOf(config, engineId);
  const snapshot = await readNow(config, engineId, { sinceMs: Date.now(), thorough: false });
  return {
    engineId,
    takenAtMs: snapshot.takenAtMs,
    orders: readableVenues(snapshot).flatMap((venue) => orderRows(venue, engine)),
    unreadable: unreadableVenues(snapshot),
  };
}

/** The live engine's own state where it answers, its newest valid checkpoint where it does not. */
export async function reconcileNow(config: Config, engineId: string): Promise<ReconcileAnswer> {
  const { tolerance, dustNotional, fillOverlapMs } = engineOf(config, engineId).policy
    .reconciliation;
  const internal = await internalState(config, engineId);
  const rules = { tolerance, dustNotional, asOfMs: internal.takenAtMs };
  const sinceMs = Math.max(0, internal.takenAtMs - fillOverlapMs);
  let snapshot = await readNow(config, engineId, { sinceMs, thorough: false });
  let result = reconcile(internal.state, snapshot, rules);
  if (countVerdicts(result.lines).unexplained > 0) {
    snapshot = await readNow(config, engineId, { sinceMs, thorough: true });
    result = reconcile(internal.state, snapshot, rules);
  }
  return {
    engineId,
    source: internal.source,
    counts: countVerdicts(result.lines),
    fillsApplied: result.fillsApplied,
    unreadable: unreadableVenues(snapshot),
    gaps: readableVenues(snapshot).flatMap(({ venue, gaps }) => gaps.map((g) => `${venue}: ${g}`)),
    lines: result.lines,
  };
}

async function readNow(
  config: Config,
  engineId: string,
  reading: { sinceMs: number; thorough: boolean },
): Promise<Snapshot> {
  const { cashAssets } = engineOf(config, engineId);
  const pace = { sleep: (ms: number) => sleep(ms), beat: () => undefined };
  const accounts = composeVenues(config).ofEngine(engineId);
  const venues = await readVenues(accounts, { ...reading, cashAssets }, pace);
  return { takenAtMs: Date.now(), venues };
}

function positionRows({ positions, marks, instruments }: ReadableVenue): PositionRow[] {
  return positions.map((position) => {
    const spec = instruments.find(({ instrument }) => instrument === position.instrument);
    const mark = marks[position.instrument] ?? null;
    return {
      ...position,
      mark,
      notional: notionalOf(position.quantity, mark, spec),
      unrealizedPnl: unrealizedPnlOf(position, mark, spec),
    };
  });
}

function balanceRows({ balances, marks }: ReadableVenue, cashAssets: string[]): BalanceRow[] {
  const priceOf = (asset: string) =>
    cashAssets.includes(asset)
      ? '1'
      : (cashAssets.flatMap((cash) => marks[`${asset}/${cash}`] ?? [])[0] ?? null);
  return balances.map((balance) => {
    const mark = priceOf(balance.asset);
    return { ...balance, mark, notional: notionalOf(balance.total, mark) };
  });
}

function orderRows({ orders, marks }: ReadableVenue, engine: EngineConfig): OrderRow[] {
  return orders.map((order) => {
    const mark = marks[order.instrument] ?? null;
    return {
      ...order,
      ours: order.clientOrderId.startsWith(engine.orderIdPrefix),
      mark,
      fromMark: fromMark(order, mark),
    };
  });
}

/** (price − mark) / mark of what the order waits for; null where either is unknown. */
function fromMark({ price, triggerPrice }: Order, mark: string | null): string | null {
  const waitsFor = triggerPrice ?? price;
  if (waitsFor === null || mark === null) return null;
  return canonical(new Decimal(waitsFor).minus(mark).div(mark).toDecimalPlaces(6));
}

interface InternalState {
  source: string;
  takenAtMs: number;
  state: EngineState;
}

async function internalState(config: Config, engineId: string): Promise<InternalState> {
  try {
    const { state, sequence } = await composeHost(config).control(engineId).state();
    return { source: `live engine, sequence ${sequence}`, takenAtMs: Date.now(), state };
  } catch (error) {
    const why = describeError(error);
    const newest = await validateNewest(config, engineId);
    if (newest !== null) {
      const { name, checkpoint } = newest;
      const source = `checkpoint ${name}, because the engine does not answer (${why})`;
      return { source, takenAtMs: takenAtMs(checkpoint.header), state: checkpoint.state };
    }
    throw new ConfigError(`${engineId} does not answer (${why}) and has no valid checkpoint`);
  }
}
