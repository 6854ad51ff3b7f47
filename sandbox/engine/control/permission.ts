/**
 * Whether the engine may trade, and how much.
 *
 * Invariants: nothing is allowed at 0 %, without a strategy level, with a latched breaker, or after
 * a stop; a stop is for good.
 */
import type { RiskLevel } from '../../../workflows/domain/policy/policy.js';

const RANK: Readonly<Record<RiskLevel, number>> = { low: 1, medium: 2, all: 3 };

export class Permission {
  percent = 0;
  level: RiskLevel | null = null;
  readonly #breakerLatched: () => boolean;
  #stopped = false;

  constructor(breakerLatched: () => boolean) {
    this.#breakerLatched = breakerLatched;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  get trading(): boolean {
    return this.allows('low');
  }

  allows(level: RiskLevel): boolean {
    const granted = this.level !== null && RANK[this.level] >= RANK[level];
    return granted && this.percent > 0 && !this.#stopped && !this.#breakerLatched();
  }

  stop(): void {
    this.#stopped = true;
  }
}
