/** Keeps the journal and its fold. Invariant: `record` is the only way to change the state. */
import type { JournalEntry, JournalFact } from './journal.js';
import { applyEntry } from './apply.js';
import { emptyState, type LedgerState } from './state.js';

export class Records {
  readonly #nowMs: () => number;
  readonly #journal: JournalEntry[] = [];
  #state = emptyState();
  #datedMs: number | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get state(): LedgerState {
    return this.#state;
  }

  entriesAfter(sequence: number): readonly JournalEntry[] {
    // Sequences count from one without gaps, so the sequence is the index of the next entry.
    return this.#journal.slice(sequence);
  }

  stateAt(atMs: number): LedgerState {
    if (atMs >= this.#state.timeMs) return this.#state;
    const state = emptyState();
    for (const entry of this.#journal) {
      if (entry.recordedMs > atMs) break;
      applyEntry(state, entry);
    }
    return state;
  }

  /** Everything `read` reads is as of that time; it must record nothing. */
  readAsOf<Result>(atMs: number, read: () => Result): Result {
    const present = this.#state;
    this.#state = this.stateAt(atMs);
    try {
      return read();
    } finally {
      this.#state = present;
    }
  }

  /** What `act` records happened, to the venue's word, at that time; now if there is none. */
  dated<Result>(atMs: number | undefined, act: () => Result): Result {
    this.#datedMs = atMs;
    try {
      return act();
    } finally {
      this.#datedMs = undefined;
    }
  }

  record(fact: JournalFact): void {
    // A clock set back must not break the order of times that as-of reads rely on.
    const recordedMs = Math.max(this.#nowMs(), this.#state.timeMs);
    const entry: JournalEntry = {
      sequence: this.#state.sequence + 1,
      timeMs: this.#datedMs ?? recordedMs,
      recordedMs,
      ...fact,
    };
    this.#journal.push(entry);
    applyEntry(this.#state, entry);
  }
}
