/**
 * Figures of money by the ledger alone: what is held, what the day has earned, and under which limits an engine was let
 * trade. The arithmetic is the sandbox's: none of the product's figures takes part in it.
 *
 * Invariants: longs and shorts add up; what belongs on an account counts as nothing; a result is what a position
 * realised, less its fee where that was paid in the same asset; a day begins with the first engine.
 */
import { decimal, ZERO, Decimal } from '../../../../sandbox/venues/decimal.js';
import type { Desk } from '../../../../sandbox/venues/desk.js';
import { findBySymbol } from '../../../../sandbox/venues/instruments.js';
import type { FillEntry } from '../../../../sandbox/venues/ledger/journal.js';
import type { Facts } from '../../oracle/facts.js';
import type { EngineLife } from '../../world/engine/processes.js';
import type { IncidentWorld } from '../../world/incident-world.js';

const CASH = ['USDT', 'USD'];
/** An engine's orders name its epoch in two digits behind this. */
const NAMED = /^rl-([0-9a-z]{2})/;

interface Holding {
  what: string;
  quantity: Decimal;
  /** Null where no market there tells one. */
  price: Decimal | null;
}

export class Money {
  readonly #world: IncidentWorld;
  readonly #held: Facts['held'] = [];
  readonly #unlimited: Facts['unlimited'] = [];
  #day: Facts['day'] = null;

  constructor(world: IncidentWorld) {
    this.#world = world;
    const { first } = world.hosts;
    const before = first.onWrite;
    first.onWrite = (path, body, life) => {
      before(path, body, life);
      if (path === '/limits') this.#granted(life);
    };
  }

  look(): void {
    const all = this.#desks.flatMap((desk) => this.#holdings(desk));
    const held = all.filter(({ quantity }) => !quantity.isZero());
    const total = held.reduce(
      (sum, { quantity, price }) => sum.plus(quantity.abs().times(price ?? ZERO)),
      ZERO,
    );
    const unpriced = held.flatMap(({ what, price }) => (price === null ? [what] : []));
    this.#held.push({ atMs: Date.now(), total: total.toFixed(), unpriced });
  }

  get #desks(): Desk[] {
    const { market } = this.#world;
    return market.venues.map((venue) => market.sandbox.core.desks[venue]);
  }

  #holdings(desk: Desk): Holding[] {
    const { baseline } = this.#world.around;
    const { venue, state } = desk;
    const positions = [...state.positions.values()].map(({ symbol, quantity }) => {
      const instrument = findBySymbol(venue, symbol);
      const price = instrument === undefined ? null : desk.price(instrument);
      return { what: `${venue} ${symbol}`, quantity, price };
    });
    const assets = [...state.balances].filter(([asset]) => !CASH.includes(asset));
    const spot = assets.map(([asset, { total }]) => {
      const instrument = desk.instruments.find(({ base }) => base === asset);
      const price = instrument === undefined ? null : desk.price(instrument);
      const quantity = total.minus(baseline[`${venue}|${asset}`] ?? '0');
      return { what: `${venue} ${asset}`, quantity, price };
    });
    return [...positions, ...spot];
  }

  /** As it is told how much it may trade: what the rules want of it must be loaded by then. */
  #granted({ epoch }: EngineLife): void {
    void this.#world.around.rules.ofEngine('').then((rules) => {
      const wanted = Object.entries(rules?.policy.risk.limits ?? {});
      const { limits } = this.#world;
      const names = wanted
        .filter(([name, figure]) => !decimal(limits[name] ?? 'NaN').eq(figure))
        .map(([name]) => name);
      this.#unlimited.push({ atMs: Date.now(), epoch, names });
    });
  }

  /** What a living engine takes for the day's result, beside the ledger's; it may not know it. */
  end({ engine }: EngineLife): void {
    const { dailyPnl = null } = engine?.book.snapshot().risk ?? {};
    const earned = this.#dayResult(Infinity).toFixed();
    if (dailyPnl !== null) this.#day = { believed: dailyPnl, earned };
  }

  #dayResult(untilMs: number): Decimal {
    const fromMs = this.#world.facts.lives[0]?.bornAtMs ?? Infinity;
    const fills = this.#desks.flatMap(({ state }) => state.fills);
    const today = fills.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= untilMs);
    return today.reduce((sum, fill) => sum.plus(earned(fill)), ZERO);
  }

  facts(): Pick<Facts, 'held' | 'unlimited' | 'placed' | 'day'> {
    const [held, unlimited, day] = [this.#held, this.#unlimited, this.#day];
    return { held, unlimited, day, placed: this.#placed() };
  }

  #placed(): Facts['placed'] {
    const orders = this.#desks.flatMap(({ state }) => [...state.orders.values()]);
    return orders.flatMap(({ clientOrderId, venueOrderId, acceptedAtMs: atMs }) => {
      const epoch = epochOf(clientOrderId);
      const life = this.#world.facts.lives.findLast((one) => one.epoch === epoch);
      if (epoch === 0 || life === undefined) return [];
      const results = [this.#dayResult(this.#diedBefore(life)), this.#dayResult(atMs)];
      const dayResult = Decimal.max(...results).toFixed();
      return [{ atMs, epoch, order: clientOrderId ?? venueOrderId, dayResult }];
    });
  }

  /** When what the engine of that life begins with had been done. */
  #diedBefore({ bornAtMs }: EngineLife): number {
    const deaths = this.#world.facts.lives.flatMap(({ death }) => death?.atMs ?? []);
    return Math.max(0, ...deaths.filter((atMs) => atMs <= bornAtMs));
  }
}

/** 0 where no engine has named it. */
export function epochOf(clientOrderId: string | null): number {
  const [, digits] = NAMED.exec(clientOrderId ?? '') ?? [];
  return digits === undefined ? 0 : parseInt(digits, 36);
}

function earned({ instrument, realizedPnl, fee, feeAsset }: FillEntry): Decimal {
  if (!instrument.includes(':')) return ZERO;
  const isSame = instrument.endsWith(`:${feeAsset}`);
  return decimal(realizedPnl).minus(isSame ? fee : ZERO);
}
