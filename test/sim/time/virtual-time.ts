/**
 * Time that passes only when nothing more can happen in it, so that hours are simulated in milliseconds.
 *
 * Invariants: nothing happens out of order; what is due at one moment happens in an order that the seed
 * chooses; time never goes back, and is whole milliseconds at every boundary.
 */

/** Of the real event loop, whatever is installed later: it empties all that waits in microtasks. */
const realTurn = setImmediate;

interface Due {
  atMs: number;
  /** Among those of one moment. */
  tie: number;
  act: () => void;
}

/** Of the real loop, without anything moving, before time may pass. */
const QUIET_TURNS = 2;

export class VirtualTime {
  #nowMs: number;
  /** A heap, the earliest first. */
  readonly #due: Due[] = [];
  readonly #tie: () => number;
  #stirred = 0;
  #busy = 0;
  #happened = 0;

  /** `tie`: in [0, 1), from the seed. */
  constructor(startMs: number, tie: () => number) {
    this.#nowMs = startMs;
    this.#tie = tie;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many things have happened so far. */
  get happened(): number {
    return this.#happened;
  }

  /** Gives what takes it back. */
  after(ms: number, act: () => void): () => void {
    const atMs = this.#nowMs + Math.max(0, Math.ceil(Number.isFinite(ms) ? ms : 0));
    let isOff = false;
    this.#push({ atMs, tie: this.#tie(), act: () => void (isOff || act()) });
    return () => void (isOff = true);
  }

  /** Somebody has just done something: others may follow from it without any time passing. */
  stir(): void {
    this.#stirred += 1;
  }

  /** Work that takes turns of the real loop, and no time of this one. */
  async busy<T>(work: Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work;
    } finally {
      this.#busy -= 1;
      this.stir();
    }
  }

  /**
   * Lets things happen until that is so. Fails where nothing is left to happen, or the limit is reached.
   * @param limitMs of virtual time, from now.
   */
  async until(isDone: () => boolean, limitMs: number): Promise<void> {
    const deadlineMs = this.#nowMs + limitMs;
    for (;;) {
      await this.#settle();
      if (isDone()) return;
      const next = this.#pop();
      if (next === undefined) throw new Error('nothing is left to happen, and it is not done');
      if (next.atMs > deadlineMs) throw new Error(`${limitMs} ms of virtual time in vain`);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#happened += 1;
      next.act();
    }
  }

  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS;) {
      const before = this.#stirred;
      await new Promise<void>((resolve) => void realTurn(resolve));
      quiet = this.#busy > 0 || this.#stirred !== before ? 0 : quiet + 1;
    }
  }

  #push(one: Due): void {
    const heap = this.#due;
    heap.push(one);
    for (let at = heap.length - 1; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at], heap[parent])) return;
      swap(heap, at, parent);
      at = parent;
    }
  }

  #pop(): Due | undefined {
    const heap = this.#due;
    if (heap.length === 0) return undefined;
    swap(heap, 0, heap.length - 1);
    const first = heap.pop();
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const smaller = isBefore(heap[right], heap[left]) ? right : left;
      if (!isBefore(heap[smaller], heap[at])) return first;
      swap(heap, at, smaller);
      at = smaller;
    }
  }
}

function isBefore(one: Due | undefined, other: Due | undefined): boolean {
  if (one === undefined) return false;
  if (other === undefined) return true;
  return one.atMs === other.atMs ? one.tie < other.tie : one.atMs < other.atMs;
}

function swap(heap: Due[], one: number, other: number): void {
  const [a, b] = [heap[one], heap[other]];
  if (a === undefined || b === undefined) return;
  heap[one] = b;
  heap[other] = a;
}
