/**
 * A process that serves one queue, and is started anew when it dies, as a service manager does.
 *
 * Invariants: who is dead does nothing more; who is stopped does what it was about to do as it wakes, without looking
 * again; of two that serve one queue after each other, each is a process of its own.
 */
import type { VirtualTime } from '../time/virtual-time.js';
import type { ServingWorker } from './worker.js';

/** Nobody reads it: what a dead process would have said. */
export class Unheard extends Error {
  override name = 'Unheard';
}

type Open = (process: Process) => ServingWorker;

export class Process {
  #isDead = false;
  #stopped: Promise<void> | null = null;
  #next: Process | null = null;
  readonly #time: VirtualTime;
  readonly #open: Open;
  readonly #serving: ServingWorker;

  constructor(time: VirtualTime, open: Open) {
    this.#time = time;
    this.#open = open;
    this.#serving = open(this);
  }

  /** Settles while it runs; fails where it is dead. */
  async passes(): Promise<void> {
    while (this.#stopped !== null && !this.#isDead) await this.#stopped;
    if (this.#isDead) throw new Unheard('of a process that is dead');
  }

  /** As by SIGKILL; it is there again after so long. */
  crash(downMs: number): void {
    if (this.#isDead) return;
    this.#die();
    this.#time.after(downMs, () => {
      if (this.#isOver) return;
      this.#next = new Process(this.#time, this.#open);
    });
  }

  /** As by SIGSTOP, or cut off from the server; settles as it is back. */
  async stop(ms: number): Promise<void> {
    if (this.#isDead || this.#stopped !== null) return this.#stopped ?? undefined;
    this.#serving.freeze();
    this.#stopped = new Promise((resolve) => {
      this.#time.after(ms, () => {
        this.#stopped = null;
        this.#serving.wake();
        resolve();
      });
    });
    return this.#stopped;
  }

  /** The one that runs now. */
  get current(): Process {
    return this.#next?.current ?? this;
  }

  #isOver = false;

  /** For good. */
  end(): void {
    this.#isOver = true;
    this.#die();
    this.#next?.end();
  }

  #die(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#serving.kill();
  }
}
