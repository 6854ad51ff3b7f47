/** The last price of every instrument. Invariant: a price is used only while it is fresh. */
import type { EngineVenue } from '../venue/venue.js';

const FRESH_MS = 10_000;

export class MarketData {
  readonly #venues: readonly EngineVenue[];
  readonly #prices = new Map<string, { price: string; atMs: number }>();
  readonly #everyMs: number;
  readonly #onError: (venue: string, error: unknown) => void;
  #stopped = false;

  constructor(parts: {
    venues: readonly EngineVenue[];
    everyMs: number;
    onError: (venue: string, error: unknown) => void;
  }) {
    this.#venues = parts.venues;
    this.#everyMs = parts.everyMs;
    this.#onError = parts.onError;
  }

  start(): void {
    for (const venue of this.#venues) void this.#follow(venue);
  }

  stop(): void {
    this.#stopped = true;
  }

  price(venue: string, instrument: string): string | null {
    const known = this.#prices.get(`${venue}|${instrument}`);
    return known !== undefined && Date.now() - known.atMs < FRESH_MS ? known.price : null;
  }

  isFlowing(venue: EngineVenue): boolean {
    return venue.instruments.every((instrument) => this.price(venue.name, instrument) !== null);
  }

  async refresh(venue: EngineVenue): Promise<void> {
    await Promise.all(
      venue.instruments.map(async (instrument) => {
        const price = await venue.price(instrument);
        this.#prices.set(`${venue.name}|${instrument}`, { price, atMs: Date.now() });
      }),
    );
  }

  async #follow(venue: EngineVenue): Promise<void> {
    while (!this.#stopped) {
      await this.refresh(venue).catch((error: unknown) => this.#onError(venue.name, error));
      await new Promise((resolve) => setTimeout(resolve, this.#everyMs));
    }
  }
}
