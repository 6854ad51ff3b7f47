/**
 * What the machines of a world take for the time: each may be off, and step. Temporal and the venues have the right one.
 *
 * Invariants: what is off is what activities are told of the time, and what a gateway there takes for a venue's;
 * timers take as long as ever, as on a machine; a process that begins has measured nothing yet.
 */
import { Context } from '@temporalio/activity';
import type { Clock, VenueAccount } from '../../../activities/ports.js';
import { createServerClock } from '../../../workers/compose/server-clock.js';

/** From which on a gateway sees that its host and the venue differ. */
const NOTABLE_MS = 2_000;

export class Clocks {
  readonly #offByMs = new Map<string, number>();

  /** Of a process that begins on that machine. */
  begin(machine: string): ProcessClock {
    return new ProcessClock(() => this.#offByMs.get(machine) ?? 0);
  }

  step(machine: string, ms: number): void {
    this.#offByMs.set(machine, (this.#offByMs.get(machine) ?? 0) + ms);
  }
}

export class ProcessClock implements Clock {
  readonly #offByMs: () => number;
  readonly #server = createServerClock(() => Date.now());

  constructor(offByMs: () => number) {
    this.#offByMs = offByMs;
  }

  nowMs(): number {
    return Date.now() + this.#offByMs();
  }

  aheadMs(): number {
    return this.#server.aheadMs();
  }

  /** As an activity begins: what the product measures by. */
  noteActivity(): void {
    const { attempt, currentAttemptScheduledTimestampMs: serverMs } = Context.current().info;
    if (attempt === 1) this.#server.note(serverMs, this.nowMs());
  }

  /** As the gateway has it: times that it is given are of this machine. */
  account(of: VenueAccount): VenueAccount {
    const aheadMs = () => (Math.abs(this.#offByMs()) > NOTABLE_MS ? this.#offByMs() : 0);
    const own: Pick<VenueAccount, 'clockAheadMs' | 'fillsSince' | 'cashFlowsSince'> = {
      clockAheadMs: aheadMs,
      fillsSince: async (sinceMs, others) => of.fillsSince(sinceMs - aheadMs(), others),
      cashFlowsSince: async (sinceMs) => of.cashFlowsSince(sinceMs - aheadMs()),
    };
    const made = Object.defineProperties({}, Object.getOwnPropertyDescriptors(of));
    return Object.assign(made as VenueAccount, own);
  }
}
