/**
 * The venues of a world: the sandbox's own, over its exact ledger, reached over a wire that takes time and may be in
 * trouble.
 *
 * Invariant: what was sent arrives, whatever becomes of its sender; what is answered may be lost.
 */
import type { EngineVenueId } from '../../../../sandbox/venues/index.js';
import { openSandbox, type Sandbox } from '../../../../sandbox/venues/sandbox.js';
import { decimal, type Decimal } from '../../../../sandbox/venues/decimal.js';
import { remainingOf, type Order } from '../../../../sandbox/venues/ledger/state.js';
import type { Random } from '../../time/random.js';
import type { VirtualTime } from '../../time/virtual-time.js';

export const INSTRUMENTS = {
  binance: ['BTC/USDT', 'ETH/USDT'],
  binanceusdm: ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
  coinbase: ['BTC/USD', 'ETH/USD'],
  kraken: ['BTC/USD', 'ETH/USD'],
} as const satisfies Record<EngineVenueId, readonly string[]>;

/** What is asked of the wire before each request: whose, and for what. */
export interface Request {
  venue: EngineVenueId;
  from: 'engine' | 'relight' | 'agent';
  /** `place`, `cancel`, `openOrders`, ... or, over the real gateway, the method and path. */
  what: string;
}

/**
 * `lost`: it never arrives; `unanswered`: it does, and nobody hears of it; `slowMs`, `until`: it arrives so much later;
 * `refused`: the venue says that it cannot now.
 */
export type Trouble =
  'lost' | 'unanswered' | 'refused' | { slowMs: number } | { until: Promise<void> } | null;

interface Every {
  lowMs: number;
  highMs: number;
}

export class Market {
  readonly sandbox: Sandbox;
  readonly venues: readonly EngineVenueId[];
  /** Asked of each request; a fault stands here. */
  troubleOf: (request: Request) => Trouble = () => null;
  /** Of contracts, in units of the base, by the symbol of their market; 1 where none is said. */
  readonly #contractSizes = new Map<string, Decimal>();
  /** Ids of orders that are of a kind which nobody here understands. */
  readonly strange = new Set<string>();
  /** Ids of orders by hand, under names that engines have used. */
  readonly byHand = new Set<string>();
  #isHeld = false;
  readonly requests = new Map<string, number>();
  readonly #time: VirtualTime;
  readonly #random: Random;

  constructor({
    seed,
    venues,
    time,
    random,
  }: {
    seed: string;
    venues: readonly EngineVenueId[];
    time: VirtualTime;
    random: Random;
  }) {
    this.sandbox = openSandbox({ seed, tickMs: TICK_MS });
    this.venues = venues;
    this.#time = time;
    this.#random = random;
  }

  sizeOf(symbol: string): Decimal {
    return this.#contractSizes.get(symbol) ?? ONE;
  }

  setContractSize(symbol: string, size: string): void {
    this.#contractSizes.set(symbol, decimal(size));
  }

  /** What the venue did; null where nobody hears of it: whoever asked waits until it is late. */
  async over<T>(request: Request, arrives: () => T): Promise<{ answer: T } | 'refused' | null> {
    const key = `${request.from} ${request.venue} ${request.what}`;
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1);
    const trouble = this.troubleOf(request);
    if (trouble === 'lost') return null;
    await this.#onItsWay(trouble);
    if (trouble === 'refused') return 'refused';
    const answer = arrives();
    await this.#wait(0);
    return trouble === 'unanswered' ? null : { answer };
  }

  async #onItsWay(trouble: Trouble): Promise<void> {
    if (trouble === null || typeof trouble !== 'object') return this.#wait(0);
    if ('slowMs' in trouble) return this.#wait(trouble.slowMs);
    await trouble.until;
    await this.#wait(0);
  }

  /** From now on: somebody takes of what rests, a part of it or all. */
  letOthersTrade({ lowMs, highMs }: Every, random: Random): void {
    const { core } = this.sandbox;
    const trade = () => {
      this.#time.after(random.between(lowMs, highMs), trade);
      const order = this.#someOrder(random);
      if (order === undefined || this.#isHeld) return;
      const steps = remainingOf(order).div(order.instrument.quantityStep).toNumber();
      const taken = random.next() < 0.5 ? steps : random.between(1, steps);
      core.ledger.fillResting(order, order.instrument.quantityStep.times(taken));
    };
    this.#time.after(random.between(lowMs, highMs), trade);
  }

  #someOrder(random: Random): Order | undefined {
    const resting = this.venues.flatMap((venue) => this.sandbox.core.ledger.openOrders(venue));
    return resting[Math.floor(random.next() * resting.length)];
  }

  /** Nothing moves any more but what was on its way. */
  hold(): void {
    this.#isHeld = true;
    this.sandbox.core.prices.hold();
  }

  async #wait(moreMs: number): Promise<void> {
    const ms = this.#random.between(WAY.lowMs, WAY.highMs) + moreMs;
    await new Promise<void>((resolve) => void this.#time.after(ms, resolve));
    this.#time.stir();
  }
}

const ONE = decimal('1');
const TICK_MS = 2_000;
const WAY = { lowMs: 5, highMs: 40 };
