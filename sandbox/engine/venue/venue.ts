/**
 * One venue as the engine uses it.
 *
 * Invariants: a placement ends as acknowledged, refused or unknown, never as a guess; Kraken's
 * signed requests leave one after the other, because its nonces must arrive in order; `lastReadMs`
 * moves only with an answer.
 */
import type { Exchange, Order as ListedOrder } from 'ccxt';
import { ccxt } from '../../../clients/exchange/connection/ccxt.js';
import { canonical } from '../../../workflows/domain/numbers/decimal.js';
import type { Fill, Order } from '../../../workflows/domain/books/state.js';
import type { VenueConfig, VenueName } from '../config.js';
import { createExchange } from './exchange.js';
import { cursorOf, readFills } from './fills.js';
import { asNumber, text } from './text.js';

const {
  ArgumentsRequired,
  AuthenticationError,
  BadRequest,
  InsufficientFunds,
  InvalidNonce,
  InvalidOrder,
  OnMaintenance,
  PermissionDenied,
  RateLimitExceeded,
} = ccxt;

const INSTRUMENTS: Readonly<Record<VenueName, readonly string[]>> = {
  binance: ['BTC/USDT', 'ETH/USDT'],
  binanceusdm: ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
  coinbase: ['BTC/USD', 'ETH/USD'],
  kraken: ['BTC/USD', 'ETH/USD'],
};

const CLIENT_ID_FIELD: Readonly<Record<VenueName, string>> = {
  binance: 'clientOrderId',
  binanceusdm: 'clientOrderId',
  coinbase: 'client_order_id',
  kraken: 'cl_ord_id',
};

/**
 * The venue said no. Anything else, also a plain ExchangeError (Kraken's "deadline elapsed" is
 * one), may have had its effect.
 */
const REFUSALS = [
  ArgumentsRequired,
  AuthenticationError,
  BadRequest,
  InsufficientFunds,
  InvalidNonce,
  InvalidOrder,
  OnMaintenance,
  PermissionDenied,
  RateLimitExceeded,
] as const;

const OPEN_ORDERS_PAGE = 1000;
const OPEN_ORDERS_PAGES_MAX = 1000;

export type Placement =
  | { outcome: 'acknowledged'; venueOrderId: string }
  | { outcome: 'refused'; error: unknown }
  | { outcome: 'unknown'; error: unknown };

export interface ListedOpenOrder {
  clientOrderId: string | null;
  venueOrderId: string;
}

export class Venue {
  readonly name: VenueName;
  readonly account: string;
  readonly instruments: readonly string[];
  lastReadMs: number | null = null;
  readonly #exchange: Exchange;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(name: VenueName, account: string, config: VenueConfig) {
    this.name = name;
    this.account = account;
    this.instruments = INSTRUMENTS[name];
    this.#exchange = createExchange(name, config);
  }

  async place(order: Order): Promise<Placement> {
    const { instrument, side, quantity, price, clientOrderId } = order;
    try {
      // Outside the turn: loading markets is public, and the nonce is taken inside.
      await this.#exchange.loadMarkets();
      const placed = await this.#inTurn(() =>
        this.#exchange.createOrder(
          instrument,
          order.type,
          side,
          asNumber(quantity),
          price === null ? undefined : asNumber(price),
          { [CLIENT_ID_FIELD[this.name]]: clientOrderId, ...this.#feeFlags(instrument) },
        ),
      );
      return { outcome: 'acknowledged', venueOrderId: text(placed.id) };
    } catch (error) {
      const refused = REFUSALS.some((refusal) => error instanceof refusal);
      return { outcome: refused ? 'refused' : 'unknown', error };
    }
  }

  /** So that both ways are met; without a flag Kraken charges what is bought in quote. */
  #feeFlags(instrument: string): { oflags?: string } {
    return this.name === 'kraken' && instrument.startsWith('ETH/') ? { oflags: 'fcib' } : {};
  }

  fillsSince(sinceMs: number): Promise<Fill[]> {
    const scope = { venue: this.name, account: this.account, instruments: this.instruments };
    return this.#read(() => readFills(this.#exchange, this.name, scope, sinceMs));
  }

  openOrders(): Promise<ListedOpenOrder[]> {
    return this.#read(async () => {
      const listed = await this.#listOpenOrders();
      return listed.map((order) => ({
        clientOrderId: order.clientOrderId ?? null,
        venueOrderId: text(order.id),
      }));
    });
  }

  async #listOpenOrders(): Promise<ListedOrder[]> {
    if (this.name !== 'coinbase') return this.#exchange.fetchOpenOrders();
    const all: ListedOrder[] = [];
    let query: Record<string, unknown> | null = {};
    for (let page = 0; query !== null && page < OPEN_ORDERS_PAGES_MAX; page += 1) {
      const orders: ListedOrder[] = await this.#exchange.fetchOpenOrders(
        undefined,
        undefined,
        OPEN_ORDERS_PAGE,
        query,
      );
      all.push(...orders);
      query = cursorOf(orders);
    }
    return all;
  }

  /** What became of an order that is not listed as open any more. */
  orderOutcome(order: Order): Promise<{ done: boolean; filled: string }> {
    return this.#read(async () => {
      const found = await this.#exchange.fetchOrder(text(order.venueOrderId), order.instrument);
      return { done: found.status !== 'open', filled: canonical(text(found.filled)) };
    });
  }

  /** Asset → total. For USD-M the wallet balance: the venue's total counts unrealised profit. */
  balances(): Promise<Map<string, string>> {
    return this.#read(async () => {
      const balance = await this.#exchange.fetchBalance();
      const totals =
        this.name === 'binanceusdm'
          ? walletBalances(balance.info)
          : Object.entries(balance['total'] as unknown as Record<string, unknown>);
      return new Map(totals.map(([asset, total]) => [asset, canonical(text(total))]));
    });
  }

  async positions(): Promise<{ instrument: string; quantity: string; averagePrice: string }[]> {
    if (this.name !== 'binanceusdm') return [];
    return this.#read(async () => {
      const positions = await this.#exchange.fetchPositions();
      return positions.map((position) => ({
        instrument: text(position.symbol),
        quantity: canonical(`${position.side === 'short' ? '-' : ''}${text(position.contracts)}`),
        averagePrice: canonical(text(position.entryPrice)),
      }));
    });
  }

  async price(instrument: string): Promise<string> {
    const ticker = await this.#exchange.fetchTicker(instrument);
    return canonical(text(ticker.last));
  }

  async timeMs(): Promise<number> {
    return Number(await this.#exchange.fetchTime());
  }

  /** Cuts every connection at once, as a broken network would. */
  async disconnect(): Promise<void> {
    const dispatcher: unknown = this.#exchange.fetchDispatcher;
    await (dispatcher as { destroy?: () => Promise<void> } | undefined)?.destroy?.();
  }

  async #read<T>(request: () => Promise<T>): Promise<T> {
    const answer = await this.#inTurn(request);
    this.lastReadMs = Date.now();
    return answer;
  }

  #inTurn<T>(request: () => Promise<T>): Promise<T> {
    if (this.name !== 'kraken') return request();
    const answer = this.#turn.then(request);
    this.#turn = answer.catch(() => undefined);
    return answer;
  }
}

/** What the engine asks of a venue; one of a simulation may stand here. */
export type EngineVenue = Pick<Venue, keyof Venue>;

function walletBalances(info: unknown): [string, unknown][] {
  const assets = (info as { assets?: unknown } | null)?.assets;
  if (!Array.isArray(assets)) throw new TypeError('The venue lists no assets');
  return assets.map((row: { asset: string; walletBalance: unknown }) => [
    row.asset,
    row.walletBalance,
  ]);
}
