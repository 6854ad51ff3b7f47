/**
 * When something was last tried, by its key.
 *
 * Invariant: only what was tried within the while is remembered, so that it grows with how often deaths come, and
 * not with how long the agent lives.
 */
export class Tried {
  readonly #atMs = new Map<string, number>();
  readonly #againAfterMs: number;

  constructor(againAfterMs: number) {
    this.#againAfterMs = againAfterMs;
  }

  get size(): number {
    return this.#atMs.size;
  }

  /** Whether it is time to try it; it counts as tried then. */
  isDue(key: string, nowMs: number): boolean {
    for (const [each, atMs] of this.#atMs) {
      if (nowMs - atMs >= this.#againAfterMs) this.#atMs.delete(each);
    }
    if (this.#atMs.has(key)) return false;
    this.#atMs.set(key, nowMs);
    return true;
  }
}
