/**
 * Cancels orders when nobody renews the promise to be alive.
 *
 * Invariants: one timer per scope, a renewed timer replaces the old one, and zero disarms.
 */
export class DeadManSwitch {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  arm(scope: string, timeoutMs: number, fire: () => void): void {
    clearTimeout(this.#timers.get(scope));
    this.#timers.delete(scope);
    if (timeoutMs <= 0) return;
    const expire = () => {
      this.#timers.delete(scope);
      fire();
    };
    this.#timers.set(scope, setTimeout(expire, timeoutMs));
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
