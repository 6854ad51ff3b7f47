/**
 * Beats of one worker, as its core sends them on: the first at once, then no more often than the product sets it.
 * Who beats for what is wanted no more is told so.
 */
import type { Poller, Server } from '../temporal/parts.js';

/** `maxHeartbeatThrottleInterval` of our workers. */
const THROTTLE_MS = 2_000;
const CANCEL_REASON = { notFound: 0, cancelled: 1 };

export class Beats {
  readonly #last = new Map<string, { atMs: number; waiting: readonly unknown[] | null }>();
  readonly #server: Server;
  readonly #poller: () => Poller;

  constructor(server: Server, poller: () => Poller) {
    this.#server = server;
    this.#poller = poller;
  }

  record(token: string, details: readonly unknown[]): void {
    const last = this.#last.get(token);
    const { nowMs } = this.#server.time;
    if (last === undefined) return this.#send(token, details, nowMs);
    const isWaiting = last.waiting !== null;
    last.waiting = details;
    if (isWaiting) return;
    const dueMs = last.atMs + THROTTLE_MS;
    this.#server.time.after(dueMs - nowMs, () => {
      if (!this.#poller().native.isRunning) return void this.#last.delete(token);
      const latest = last.waiting ?? [];
      last.waiting = null;
      this.#send(token, latest, this.#server.time.nowMs);
    });
  }

  #send(token: string, details: readonly unknown[], atMs: number): void {
    this.#last.set(token, { atMs, waiting: null });
    this.#server.later(() => {
      const { native } = this.#poller();
      const said = this.#server.activities.get(token)?.beat(token, details) ?? null;
      if (said === 'goes on') return;
      const [reason, what] =
        said === null
          ? (['notFound', 'isNotFound'] as const)
          : (['cancelled', 'isCancelled'] as const);
      const cancel = { reason: CANCEL_REASON[reason], details: { [what]: true } };
      this.#server.time.stir();
      native.sendActivity({ taskToken: Buffer.from(token), cancel });
    });
  }
}
