/**
 * Market data as it was answered before. Prices are not in the ledger, so what a venue said is the
 * only record of them.
 *
 * Invariant: an answer given out again was given to the same request.
 */
import type { Endpoint } from './endpoints.js';
import type { Reply, VenueRequest } from './route.js';

const KEPT_MS = 10 * 60_000;
const REMEMBERED: readonly Endpoint[] = ['ticker', 'candles'];

interface PastAnswer {
  timeMs: number;
  reply: Reply;
}

export class PastAnswers {
  readonly #answers = new Map<string, PastAnswer[]>();

  remember(endpoint: Endpoint, request: VenueRequest, answer: PastAnswer): void {
    if (!REMEMBERED.includes(endpoint)) return;
    const kept = this.#of(request).filter(({ timeMs }) => timeMs > answer.timeMs - KEPT_MS);
    this.#answers.set(keyOf(request), [...kept, answer]);
  }

  /** The newest that is old enough; the oldest if none is. */
  asOf(request: VenueRequest, atMs: number): Reply | undefined {
    const answers = this.#of(request);
    const past = answers.findLast(({ timeMs }) => timeMs <= atMs) ?? answers[0];
    return past?.reply;
  }

  #of(request: VenueRequest): readonly PastAnswer[] {
    return this.#answers.get(keyOf(request)) ?? [];
  }
}

function keyOf({ path, rawQuery }: VenueRequest): string {
  return `${path}?${rawQuery}`;
}
