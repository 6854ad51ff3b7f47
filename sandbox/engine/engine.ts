/**
 * The engine put together.
 *
 * Invariants: account figures are followed only from the moment strategies are enabled; the state
 * changes before that by what it is told alone; a stop is final.
 */
import { CheckpointWriter } from './books/checkpoint-writer.js';
import { folderOnDisk, type CheckpointFolder } from './books/checkpoint-folder.js';
import { Book } from './books/book.js';
import { VENUE_NAMES, type EngineOptions } from './config.js';
import { FillPoller } from './venue/fill-poller.js';
import { describeError, type Logger } from './log.js';
import { MarketData } from './trading/market-data.js';
import { OrderSender } from './trading/order-sender.js';
import { clientOrderIds } from './trading/order-ids.js';
import { readQuiet, type OpeningState } from './books/opening-state.js';
import { Permission } from './control/permission.js';
import { positionExposure } from './control/risk.js';
import { Trader } from './trading/trader.js';
import { Venue, type EngineVenue } from './venue/venue.js';
import type { RiskLevel } from '../../workflows/domain/policy/policy.js';

const DRAIN_MS = 5000;
const DRAIN_STEP_MS = 50;

export function openVenues({ config }: EngineOptions): EngineVenue[] {
  return VENUE_NAMES.flatMap((name) => {
    const venue = config.venues[name];
    return venue === undefined ? [] : [new Venue(name, config.account, venue)];
  });
}

export class Engine {
  readonly options: EngineOptions;
  readonly venues: readonly EngineVenue[];
  readonly book: Book;
  readonly permission: Permission;
  readonly checkpoints: CheckpointWriter;
  readonly market: MarketData;
  readonly sender: OrderSender;
  readonly log: Logger;
  readonly #pollers: FillPoller[];
  readonly #trader: Trader;
  readonly #openedAsOfMs: number;
  /** Of the account figures, as long as they are not followed. */
  #asOfMs: number;
  followingSinceMs: number | null = null;
  /** Settled when the first checkpoint is durable: no question is answered before that. */
  readonly ready: Promise<void>;
  #becomeReady: () => void = () => undefined;

  constructor(parts: {
    options: EngineOptions;
    venues: readonly EngineVenue[];
    opening: OpeningState;
    log: Logger;
    /** Missing: that of the configuration, on disk. */
    folder?: CheckpointFolder;
  }) {
    const { options, venues, opening, log } = parts;
    const { config, epoch, instanceId } = options;
    const folder = parts.folder ?? folderOnDisk(config.checkpointDir);
    this.ready = new Promise((resolve) => {
      this.#becomeReady = resolve;
    });
    this.options = options;
    this.#openedAsOfMs = opening.asOfMs;
    this.#asOfMs = opening.asOfMs;
    this.venues = venues;
    this.log = log;
    const onError = (what: string, error: unknown) => this.#note(what, error);
    this.book = new Book(opening.state, {
      asOfMs: opening.asOfMs,
      maxDailyLoss: config.limits.maxDailyLoss,
    });
    this.permission = new Permission(() => this.book.tripped);
    this.checkpoints = new CheckpointWriter({
      folder,
      identity: { engineId: config.engineId, instanceId, epoch },
      firstSequence: opening.sequence + 1,
      snapshot: () => this.book.snapshot(),
      asOfMs: () => (this.followingSinceMs === null ? this.#asOfMs : Date.now()),
      everyMs: config.checkpointEveryMs,
      onFailure: (error) => this.#note('checkpoint', error),
    });
    this.market = new MarketData({ venues, everyMs: 2 * config.followEveryMs, onError });
    this.sender = new OrderSender({
      account: config.account,
      book: this.book,
      checkpoints: this.checkpoints,
      permission: this.permission,
      venues: new Map(venues.map((venue) => [venue.name, venue])),
      log,
    });
    const { book } = this;
    const follow = { book, fromMs: opening.asOfMs, everyMs: config.followEveryMs, onError };
    this.#pollers = venues.map((venue) => new FillPoller({ venue, ...follow }));
    const { sender, permission, market } = this;
    const nextClientOrderId = clientOrderIds(config.orderIdPrefix, epoch, Date.now());
    const known = { config, venues, nextClientOrderId, onError };
    this.#trader = new Trader({ ...known, book, sender, permission, market });
  }

  /** The first checkpoint is durable before anything else happens. */
  async start(): Promise<void> {
    await this.checkpoints.flush();
    this.#becomeReady();
    this.checkpoints.start();
    this.market.start();
    if (!this.options.trading) return;
    await Promise.all(this.venues.map((venue) => this.market.refresh(venue)));
    this.permission.percent = 100;
    this.enableStrategies('all');
    await this.#trader.openPosition();
  }

  enableStrategies(level: RiskLevel): void {
    this.permission.level = level;
    if (this.followingSinceMs !== null || this.permission.stopped) return;
    this.followingSinceMs = Date.now();
    for (const poller of this.#pollers) poller.start();
    this.#trader.start();
  }

  /** Reads the venues again. */
  async sync(): Promise<void> {
    const asOfMs = Date.now();
    const read = await Promise.all(
      this.venues.map(async (venue) => ({
        figures: await readQuiet(venue, this.#openedAsOfMs),
        listed: await venue.openOrders(),
      })),
    );
    for (const { figures, listed } of read) this.book.rebuild(figures, listed);
    this.#asOfMs = asOfMs;
  }

  get fillCount(): number {
    return this.#pollers.reduce((sum, { fillCount }) => sum + fillCount, 0);
  }

  /** Null where a position has no fresh price, even after asking for one. */
  async exposure(): Promise<string | null> {
    const known = this.#knownExposure();
    if (known !== null) return known;
    await Promise.allSettled(this.venues.map((venue) => this.market.refresh(venue)));
    return this.#knownExposure();
  }

  #knownExposure(): string | null {
    return positionExposure(this.book.positions, (venue, instrument) =>
      this.market.price(venue, instrument),
    );
  }

  /** No order leaves after this call. */
  halt(): void {
    this.permission.stop();
    this.market.stop();
    for (const poller of this.#pollers) poller.stop();
  }

  /** Waits for the answers to what was sent, and leaves them in a last checkpoint. */
  async stopGracefully(): Promise<void> {
    this.halt();
    const deadlineMs = Date.now() + DRAIN_MS;
    while (!this.sender.idle && Date.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_STEP_MS));
    }
    this.checkpoints.stop();
    await this.checkpoints.flush();
  }

  #note(what: string, error: unknown): void {
    if (!this.permission.stopped) this.log.warn({ what, error: describeError(error) }, 'failed');
  }
}
