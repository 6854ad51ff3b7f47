/**
 * The time one venue tells and checks signatures by.
 *
 * Invariant: it differs from the true time only while a request is served with a skew.
 */
export class VenueClock {
  readonly #nowMs: () => number;
  #skewMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  readonly nowMs = (): number => this.#nowMs() + this.#skewMs;

  skewed<Result>(skewMs: number, serve: () => Result): Result {
    this.#skewMs = skewMs;
    try {
      return serve();
    } finally {
      this.#skewMs = 0;
    }
  }
}
