/**
 * One life of a process that is simulated: it runs, is stopped, or is dead.
 *
 * Invariants: nobody who is dead does anything more, and nothing comes back to them; who is stopped does what it was
 * about to do when it is woken, without looking again; what was sent before a death arrives all the same.
 */
import type { Points } from './points.js';

export class Life {
  #state: 'running' | 'stopped' | 'dead' = 'running';
  #waiting: (() => void)[] = [];
  readonly #atDeath: (() => void)[] = [];

  get state() {
    return this.#state;
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped';
  }

  wake(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    for (const go of this.#waiting.splice(0)) go();
  }

  end(): void {
    if (this.isDead) return;
    this.#state = 'dead';
    this.#waiting = [];
    for (const told of this.#atDeath.splice(0)) told();
  }

  onDeath(told: () => void): void {
    this.#atDeath.push(told);
  }

  /** Settles while it runs. */
  async passes(): Promise<void> {
    while (this.#state === 'stopped') {
      await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    }
    // One of its own for each: a shared one would keep all who have ever waited for it.
    if (this.isDead) await new Promise<never>(() => undefined);
  }
}

/** What answers at once, and does nothing to the world. */
const READ_AT_ONCE = new Set(['recoveredPath', 'isKept', 'abortsHung', 'clockAheadMs']);

type Method = (...given: unknown[]) => Promise<unknown>;

/** The same, in this life: each call waits for it, and its points are passed before and after. */
export function inLife<T extends object>(
  of: T,
  name: string,
  { life, points }: { life: Life; points: Points },
): T {
  const made = new Map<string, unknown>();
  const wrapped = (key: string, method: Method): Method => {
    return async (...given) => {
      await life.passes();
      const { before, after } = points.enter(`port:${name}.${key}`);
      await before();
      await life.passes();
      const result = await Reflect.apply(method, of, given);
      await after();
      await life.passes();
      return result;
    };
  };
  return new Proxy(of, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' || typeof key !== 'string' || READ_AT_ONCE.has(key)) {
        return value;
      }
      if (!made.has(key)) made.set(key, wrapped(key, value as Method));
      return made.get(key);
    },
  });
}
