/**
 * Seeded histories of one engine at one venue, read after its crash through rows that are hidden, late,
 * doubled and reordered, with strangers on the account; and whether the recovery came out.
 *
 * Invariants: the oracle is a ledger of integers that knows nothing of the product; one seed is one
 * history. What no source tells is no fault here: an order that nothing durable names is listed, and a
 * row is late by fills, not by an amend that nobody has marked; list, look-up and trade reports do not lack one
 * fill all three. Prices are such that lost fills do not
 * cancel each other out.
 */
import { missingFills } from '../../../../workflows/domain/books/fills.js';
import { appliedFillId, namedOrderKey } from '../../../../workflows/domain/books/keys.js';
import type { Fill, Order } from '../../../../workflows/domain/books/state.js';
import { canonical } from '../../../../workflows/domain/numbers/decimal.js';
import {
  ordersToLookUp,
  recoverOrders,
  type LookUp,
} from '../../../../workflows/domain/orders/fate/recovery.js';
import { reconcile } from '../../../../workflows/domain/reconciliation/reconciliation.js';
import { balance, engineState, fill, order, readable, snapshot } from '../builders.js';

export interface Told {
  histories: number;
  /** Of which a person was asked. */
  halted: number;
  /** Those that can be explained, and of them the ones that were asked about all the same. */
  explainable: number;
  askedForNothing: number[];
  /** Seeds. */
  wrongAndNotHalted: number[];
}

export function runHistories(from: number, count: number): Told {
  const told: Told = {
    histories: count,
    halted: 0,
    explainable: 0,
    askedForNothing: [],
    wrongAndNotHalted: [],
  };
  for (let seed = from; seed < from + count; seed += 1) {
    const { halted, right, explainable } = runHistory(seed);
    if (halted) told.halted += 1;
    if (explainable) told.explainable += 1;
    if (explainable && halted) told.askedForNothing.push(seed);
    if (!halted && !right) told.wrongAndNotHalted.push(seed);
  }
  return told;
}

/** One order in the ledger. */
interface Entry {
  ours: boolean;
  status: 'open' | 'filled' | 'cancelled';
  row: Order;
  /** Before its last fill; null where it has none. */
  beforeFill: Order | null;
  /** Before its last change. */
  beforeChange: Order | null;
}

class Venue {
  readonly entries: Entry[] = [];
  readonly fills: Fill[] = [];
  btc = 1_000_000;
  usdt = 1_000_000_000_000;

  readonly chance: (n: number) => number;

  constructor(chance: (n: number) => number) {
    this.chance = chance;
  }

  place(ours: boolean): Entry {
    const n = this.entries.length + 1;
    const row = order({
      clientOrderId: ours ? `mine-${n}` : this.chance(2) === 0 ? `theirs-${n}` : `venue:v-${n}`,
      venueOrderId: `v-${n}`,
      side: this.chance(2) === 0 ? 'buy' : 'sell',
      price: String(1_000 + this.chance(1_000)),
      quantity: String(2 + this.chance(8)),
    });
    const entry: Entry = { ours, status: 'open', row, beforeFill: null, beforeChange: null };
    this.entries.push(entry);
    return entry;
  }

  trade(entry: Entry): void {
    const { row } = entry;
    const rest = Number(row.quantity) - Number(row.filled);
    const quantity = this.chance(3) === 0 ? rest : 1 + this.chance(rest);
    const price = 100_000 + this.chance(900_000_000);
    const sign = row.side === 'buy' ? 1 : -1;
    this.btc += sign * quantity;
    this.usdt -= sign * quantity * price;
    const { side, venueOrderId } = row;
    const at = { tradeId: `t-${this.fills.length}`, timeMs: 1_000 + this.fills.length };
    this.fills.push(
      fill({ ...at, side, venueOrderId, quantity: `${quantity}`, price: `${price}` }),
    );
    entry.beforeFill = row;
    this.change(entry, { filled: String(Number(row.filled) + quantity) });
    if (entry.row.filled === entry.row.quantity) entry.status = 'filled';
  }

  amend(entry: Entry): void {
    const quantity = String(Number(entry.row.filled) + 1 + this.chance(9));
    this.change(entry, { quantity, price: String(1_000 + this.chance(1_000)) });
    // What a late row tells was not so by then.
    entry.beforeFill = null;
  }

  private change(entry: Entry, change: Partial<Order>): void {
    entry.beforeChange = entry.row;
    entry.row = { ...entry.row, ...change };
  }

  anything(): void {
    const open = this.entries.filter(({ status }) => status === 'open');
    const one = open[this.chance(open.length + 2)];
    if (one === undefined) return void this.place(this.chance(4) > 0);
    const what = this.chance(8);
    if (what < 5) this.trade(one);
    else if (what < 7) this.amend(one);
    else one.status = 'cancelled';
  }
}

/** Deterministic, small, and good enough to choose by. */
function chanceOf(seed: number): (n: number) => number {
  let state = (seed + 1) * 0x9e3779b9;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

function runHistory(seed: number): { halted: boolean; right: boolean; explainable: boolean } {
  const chance = chanceOf(seed);
  const venue = new Venue(chance);
  for (let events = chance(8); events >= 0; events -= 1) venue.anything();
  const state = checkpointOf(venue);
  for (let events = chance(8); events > 0; events -= 1) venue.anything();
  const changing = changeOnItsWay(venue, state.orders);
  const reading = readAs(venue, new Set(state.orders.map(({ venueOrderId }) => venueOrderId)));
  const asked = { clean: true, mayBeOld: reading.whole };
  const internal = { ...state, orders: changing };
  const venues = snapshot(readable('alpha', reading.truth));
  const { lines, state: figures } = reconcile(internal, venues, {
    tolerance: '0.0001',
    asOfMs: 999 + Object.values(state.appliedFills).flat().length,
    doubtMs: 0,
  });
  const options = {
    orderIdPrefix: 'mine-',
    foreign: 'leave',
    fills: missingFills(state, reading.truth.fills),
    fillsInAll: reading.truth.fills,
    namesNoFills: new Set((state.appliedFills['alpha'] ?? []).length === 0 ? ['alpha'] : []),
  } as const;
  const answers = new Map(
    ordersToLookUp(internal, venues, options).map((each) => [
      namedOrderKey(each),
      answerAbout(each, venue, asked),
    ]),
  );
  const { resolutions, orders } = recoverOrders(internal, venues, answers, options);
  const halted =
    lines.some(({ verdict }) => verdict === 'unexplained' || verdict === 'unknown') ||
    resolutions.some(({ kind }) => kind === 'unknown');
  const right = isLedger(venue, orders) && holdsOf(figures.balances) === holdsOf(balancesOf(venue));
  return { halted, right, explainable: reading.whole && asked.clean };
}

function checkpointOf(venue: Venue) {
  const orders = venue.entries.filter(({ ours, status }) => ours && status === 'open');
  const rows = orders.map(({ row }) => row);
  // Acknowledged, or not yet.
  const known = rows.map((row): Order => {
    const isNew = row.filled === '0' && venue.chance(4) === 0;
    return isNew ? { ...row, state: 'in_flight', venueOrderId: null } : row;
  });
  const lost = { venueOrderId: null, state: 'in_flight' } as const;
  if (venue.chance(4) === 0) known.push(order({ clientOrderId: 'mine-lost', ...lost }));
  const appliedFills = venue.fills.length === 0 ? {} : { alpha: venue.fills.map(appliedFillId) };
  return engineState({ orders: known, balances: balancesOf(venue), appliedFills });
}

/** The last thing that the engine did may have been to change an order; it may have arrived. */
function changeOnItsWay(venue: Venue, known: readonly Order[]): Order[] {
  return known.map((each) => {
    if (each.state !== 'open' || venue.chance(6) > 0) return each;
    const state = venue.chance(2) === 0 ? 'amend_in_flight' : 'cancel_in_flight';
    const entry = venue.entries.find(({ row }) => row.venueOrderId === each.venueOrderId);
    if (entry?.status === 'open' && venue.chance(2) === 0) {
      if (state === 'amend_in_flight') venue.amend(entry);
      else entry.status = 'cancelled';
    }
    return { ...each, state };
  });
}

/** `whole`: nothing is kept back that the figures need. */
function readAs(venue: Venue, known: ReadonlySet<string | null>) {
  const { chance } = venue;
  const rows = venue.entries.flatMap((entry): Order[] => {
    const { status, row, beforeFill, beforeChange } = entry;
    const isKnown = known.has(row.venueOrderId);
    if (status !== 'open') {
      // A list that is older than the fill that ended it.
      return status === 'filled' && beforeFill !== null && chance(4) === 0 ? [beforeFill] : [];
    }
    if (isKnown && chance(6) === 0) return [];
    const told = beforeFill !== null && chance(4) === 0 ? beforeFill : row;
    const named =
      isKnown && chance(6) === 0 ? { ...told, clientOrderId: `venue:${row.venueOrderId}` } : told;
    const isDoubled = chance(4) === 0 && told === row;
    const older = beforeChange !== null && chance(2) === 0 ? beforeChange : row;
    return isDoubled ? [named, older] : [named];
  });
  const hides = chance(5) === 0;
  const shown = venue.fills.filter(() => !hides || chance(3) > 0);
  const twice = shown.filter(() => chance(5) === 0);
  const orders = shuffled(rows, chance);
  const fills = shuffled([...shown, ...twice], chance);
  const whole = shown.length === venue.fills.length;
  return { whole, truth: { orders, fills, balances: balancesOf(venue) } };
}

function shuffled<T>(rows: readonly T[], chance: (n: number) => number): T[] {
  const left = [...rows];
  return rows.map(() => left.splice(chance(left.length), 1)[0] as T);
}

/** By the ledger, at that moment; seldom by something older, or not at all. */
function answerAbout(
  asked: Order,
  venue: Venue,
  answering: { clean: boolean; mayBeOld: boolean },
): LookUp {
  const entry = venue.entries.find(({ row }) =>
    asked.venueOrderId === null
      ? row.clientOrderId === asked.clientOrderId
      : row.venueOrderId === asked.venueOrderId,
  );
  const trouble = venue.chance(20);
  if (trouble === 0) {
    answering.clean = false;
    return { outcome: 'unreadable', why: 'timed out' };
  }
  if (entry === undefined) return { outcome: 'absent' };
  const { status, row, beforeFill } = entry;
  if (trouble === 1 && answering.mayBeOld && beforeFill !== null && status !== 'cancelled') {
    answering.clean = false;
    return { outcome: 'found', order: beforeFill };
  }
  if (status === 'open') return { outcome: 'found', order: row };
  const quantity = venue.chance(2) === 0 ? { quantity: row.quantity } : {};
  return { outcome: 'closed', status, filled: row.filled, ...quantity };
}

function balancesOf({ btc, usdt }: Venue) {
  return [
    balance({ asset: 'BTC', total: String(btc) }),
    balance({ asset: 'USDT', total: String(usdt) }),
  ];
}

function holdsOf(balances: readonly { asset: string; total: string }[]): string {
  return balances
    .map(({ asset, total }) => `${asset} ${canonical(total)}`)
    .toSorted()
    .join();
}

function isLedger(venue: Venue, orders: readonly Order[]): boolean {
  const told = (row: Order) =>
    [row.clientOrderId, row.venueOrderId, row.side, row.price, row.quantity, row.filled].join('|');
  const open = venue.entries.filter(({ ours, status }) => ours && status === 'open');
  const ledger = open.map(({ row }) => told(row)).toSorted();
  return orders.map(told).toSorted().join() === ledger.join();
}
