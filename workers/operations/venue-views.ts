/** What the command line shows of the venues, read now; nothing here writes to a venue. */
import { isFailure } from '../../activities/errors.js';
import { exposureOf } from '../../activities/procedures/exposure.js';
import { PATIENCE } from '../../activities/procedures/patiently.js';
import { isLeftApart } from '../../activities/procedures/reading/left-apart.js';
import { readVenues } from '../../activities/procedures/read-venues.js';
import type {
  BalanceRow,
  OrderRow,
  OrdersAnswer,
  PositionRow,
  PositionsAnswer,
  Unlisted,
  Unreadable,
} from '../../clients/cli/answers/schemas.js';
import { Decimal, canonical, subtract } from '../../workflows/domain/numbers/decimal.js';
import { whyWords } from '../../workflows/domain/books/fault-words.js';
import { baseAsset, quoteAsset, unlistedAmong } from '../../workflows/domain/books/instruments.js';
import {
  readableVenues,
  snapshotOf,
  unreadableVenues,
  type ReadableVenue,
  type Snapshot,
} from '../../workflows/domain/books/snapshot.js';
import { together } from '../../workflows/domain/reconciliation/wallets.js';
import { accountKey } from '../../workflows/domain/books/keys.js';
import { pricingOf } from '../../workflows/domain/books/pricing.js';
import { harmlessSetting, type Exposure } from '../../workflows/domain/policy/risk.js';
import { emptyState, type Order } from '../../workflows/domain/books/state.js';
import { isOursByName } from '../../workflows/domain/orders/names.js';
import { notionalOf, unrealizedPnlOf } from '../../workflows/domain/books/valuation.js';
import { composeVenues } from '../compose/venues.js';
import { engineOf } from '../config/engines.js';
import type { Config, EngineConfig } from '../config/schema.js';
import { hostOf } from './trouble-words.js';

export async function positionsNow(config: Config, engineId: string): Promise<PositionsAnswer> {
  const { cashAssets } = engineOf(config, engineId);
  const snapshot = await readNow(config, engineId, { sinceMs: Date.now(), thorough: true });
  const venues = readableVenues(snapshot);
  return {
    engineId,
    takenAtMs: snapshot.takenAtMs,
    positions: venues.flatMap(positionRows),
    balances: venues.flatMap((venue) => balanceRows(venue, cashAssets)),
    exposure: exposureRow(engineId, await exposureNow(config, engineId, venues)),
    unreadable: unreadableRows(config, snapshot),
    unlisted: unlistedIn(config, snapshot),
    leftApart: leftApartIn(snapshot),
  };
}

/** Whatever is held, by the rules of a recovery; null where prices could not be read. */
export async function exposureNow(
  config: Config,
  engineId: string,
  venues: readonly ReadableVenue[],
  accounts = composeVenues(config).ofEngine(engineId),
): Promise<Exposure | null> {
  const read = new Set(venues.map(accountKey));
  const [positions, balances] = [
    venues.flatMap((venue) => venue.positions),
    venues.flatMap(together),
  ];
  try {
    return await exposureOf(
      { ...emptyState(), positions, balances },
      accounts.filter((account) => read.has(accountKey(account))),
      engineOf(config, engineId),
    );
  } catch (error) {
    if (!isFailure(error)) throw error;
    return null;
  }
}

/** What a recovery would ask about is known before the night. */
function exposureRow(engineId: string, exposure: Exposure | null): PositionsAnswer['exposure'] {
  if (exposure === null) return null;
  const { total, unpriced, unquoted } = exposure;
  const setting = unquoted.length === 0 ? null : harmlessSetting(engineId, unquoted);
  return { total, unpriced, setting };
}

export async function ordersNow(config: Config, engineId: string): Promise<OrdersAnswer> {
  const engine = engineOf(config, engineId);
  const snapshot = await readNow(config, engineId, { sinceMs: Date.now(), thorough: false });
  return {
    engineId,
    takenAtMs: snapshot.takenAtMs,
    orders: readableVenues(snapshot).flatMap((venue) => orderRows(venue, engine)),
    unreadable: unreadableRows(config, snapshot),
    unlisted: unlistedIn(config, snapshot),
    leftApart: leftApartIn(snapshot),
  };
}

export function unreadableRows({ venues }: Config, snapshot: Snapshot): Unreadable[] {
  return unreadableVenues(snapshot).map(({ venue, why }) => ({
    venue,
    why: whyWords(why, hostOf(venues[venue])),
  }));
}

function unlistedIn({ venues }: Config, snapshot: Snapshot): Unlisted {
  return readableVenues(snapshot).flatMap(({ venue, instruments }) =>
    unlistedAmong(venues[venue]?.instruments ?? [], instruments).map((instrument) => ({
      venue,
      instrument,
    })),
  );
}

function leftApartIn(snapshot: Snapshot): string[] {
  return readableVenues(snapshot).flatMap(({ venue, gaps }) =>
    gaps.flatMap((gap) => (typeof gap === 'string' && isLeftApart(gap) ? [`${venue} ${gap}`] : [])),
  );
}

export async function readNow(
  config: Config,
  engineId: string,
  reading: { sinceMs: number; thorough: boolean },
): Promise<Snapshot> {
  const { cashAssets, orderIdPrefix } = engineOf(config, engineId);
  const pace = { patience: PATIENCE.looking, beat: () => undefined, nowMs: Date.now };
  const accounts = composeVenues(config).ofEngine(engineId);
  const venues = await readVenues(
    accounts,
    { ...reading, cashAssets, orderIdPrefix, live: true },
    pace,
  );
  return snapshotOf(venues, Date.now());
}

export function positionRows({ positions, marks, instruments }: ReadableVenue): PositionRow[] {
  return positions.map((position) => {
    const spec = instruments.find(({ instrument }) => instrument === position.instrument);
    const mark = marks[position.instrument] ?? null;
    return {
      ...position,
      mark,
      notional: notionalOf(position.quantity, mark, spec),
      notionalAsset: quoteAsset(position.instrument) ?? null,
      unrealizedPnl: unrealizedPnlOf(position, mark, spec),
      pnlAsset: pnlAssetOf(position.instrument, spec?.inverse === true) ?? null,
    };
  });
}

function pnlAssetOf(instrument: string, isInverse: boolean): string | undefined {
  return isInverse ? baseAsset(instrument) : quoteAsset(instrument);
}

function balanceRows(venue: ReadableVenue, cashAssets: string[]): BalanceRow[] {
  const pricing = pricingOf([venue], cashAssets);
  return together(venue).map((balance) => {
    const priced = pricing.assetPrice(balance);
    const mark = priced?.price ?? null;
    const notional = notionalOf(balance.total, mark);
    return { ...balance, mark, notional, notionalAsset: priced?.cash ?? null };
  });
}

function orderRows({ orders, marks }: ReadableVenue, engine: EngineConfig): OrderRow[] {
  return orders.map((order) => {
    const mark = marks[order.instrument] ?? null;
    return {
      ...order,
      remaining: subtract(order.quantity, order.filled),
      ours: isOursByName(order, engine.orderIdPrefix),
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
