/**
 * The venue's clock, as far as this host can tell it: what is signed carries the venue's time, so a
 * host whose clock is seconds off still gets in.
 *
 * Invariants: the difference is measured anew after a refusal that a wrong time may explain, and where the
 * venue's answers show another one than is known, not more often than venues like; a request refused for its time had no effect, and is sent once more only
 * where the measurement has changed something.
 */
import { says, type Words } from '../answers/words.js';
import { ccxt, type Exchange } from './ccxt.js';

/** Worth measuring exactly: `Date` headers are cut to the second, and travel. */
const NOTABLE_MS = 2_000;
const CHANGED_MS = 1_000;
const MEASURE_EVERY_MS = 30_000;

export interface VenueClock {
  /** How far this host is ahead of the venue; null before it was measured. */
  skewMs(): number | null;
  /** The same, 0 where the two seem to agree; null where they do not and the venue does not tell its time. */
  aheadMs(): number | null;
  /** What a `Date` header gives a first idea of. */
  notice(dateHeader: string | undefined): void;
  /** Measures, where what was noticed is not what is known, and not more often than venues like. */
  settle(): Promise<void>;
  /**
   * True where trying again makes sense after this refusal of a request made at `askedAtMs`. Fails
   * where the venue does not tell its time: then nobody knows whether the time was the reason.
   */
  corrected(error: unknown, askedAtMs: number): Promise<boolean>;
}

export function keepVenueTime(exchange: Exchange, words: Words): VenueClock {
  let skewMs: number | null = null;
  let noticedMs = 0;
  // Not by the clock that is in question.
  let measuredAtMs = -Infinity;
  let settledAtMs = -Infinity;
  let measuring: Promise<boolean> | null = null;
  let changed = false;
  exchange.milliseconds = () => Date.now() - Math.round(skewMs ?? 0);
  exchange.seconds = () => Math.floor(exchange.milliseconds() / 1000);

  async function askTheTime(): Promise<boolean> {
    const sentMs = Date.now();
    const toldMs = Number(await exchange.fetchTime());
    if (!Number.isFinite(toldMs) || toldMs <= 0) return false;
    const before = skewMs ?? 0;
    skewMs = (sentMs + Date.now()) / 2 - toldMs;
    return Math.abs(skewMs - before) > CHANGED_MS;
  }

  /** One at a time: what is refused meanwhile waits for the same answer. */
  async function measure(): Promise<boolean> {
    if (exchange.has['fetchTime'] !== true) return false;
    measuring ??= askTheTime();
    try {
      changed = await measuring;
      measuredAtMs = performance.now();
      return changed;
    } finally {
      measuring = null;
    }
  }

  return {
    skewMs: () => skewMs,
    aheadMs: () => skewMs ?? (Math.abs(noticedMs) > NOTABLE_MS ? null : 0),
    notice(dateHeader) {
      const toldMs = Date.parse(dateHeader ?? '');
      if (Number.isFinite(toldMs)) noticedMs = Date.now() - toldMs;
    },
    async settle() {
      if (Math.abs(noticedMs - (skewMs ?? 0)) <= NOTABLE_MS) return;
      if (performance.now() - settledAtMs < MEASURE_EVERY_MS) return;
      settledAtMs = performance.now();
      await measure();
    },
    async corrected(error, askedAtMs) {
      if (!mayBeOfTime(error, words)) return false;
      if (measuring !== null) return measuring;
      if (measuredAtMs > askedAtMs) return changed;
      return performance.now() - measuredAtMs > MEASURE_EVERY_MS ? measure() : false;
    },
  };
}

/** Not every nonce is a time; and a token from the future may be called unauthorized. */
function mayBeOfTime(error: unknown, { nonceAlone }: Words): boolean {
  if (error instanceof ccxt.InvalidNonce) return !says(nonceAlone, error.message);
  return error instanceof ccxt.AuthenticationError;
}
