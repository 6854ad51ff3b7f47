/**
 * Activations that workers were sent, and what waits for their answers.
 *
 * Invariants: a worker answers each activation of a run once, and in their order, so that one that is late is never
 * taken for another's; nobody waits for who is dead or stands still, because no time would pass any more.
 */
import type { Poller, Server } from '../parts.js';
import type { Task } from './task.js';
import type { Plain } from '../wire.js';

interface Sent {
  /** Null where it was only told to forget the run. */
  task: Task | null;
  arrived: () => void;
}

export class Activations {
  readonly #sent = new Map<Poller, Map<string, Sent[]>>();
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  send(poller: Poller, activation: Plain & { runId: string }, task: Task | null): void {
    const { runId } = activation;
    const sent: Sent = { task, arrived: () => undefined };
    const ofPoller = this.#sent.get(poller) ?? new Map<string, Sent[]>();
    this.#sent.set(poller, ofPoller.set(runId, [...(ofPoller.get(runId) ?? []), sent]));
    if (poller.native.isRunning) this.#waitFor(sent);
    poller.native.sendActivation(activation);
  }

  #waitFor(sent: Sent): void {
    void this.#server.time.busy(new Promise<void>((resolve) => (sent.arrived = resolve)));
  }

  /** Whose answer has come; null where nothing waits for it. */
  answered(poller: Poller, runId: string): Task | null {
    const sent = this.#sent.get(poller)?.get(runId)?.shift();
    sent?.arrived();
    return sent?.task ?? null;
  }

  /** Its process is dead, or stands still. */
  lost(poller: Poller): void {
    for (const { arrived } of this.#outstanding(poller)) arrived();
  }

  /** It goes on with what it was sent. */
  woken(poller: Poller): void {
    for (const sent of this.#outstanding(poller)) this.#waitFor(sent);
  }

  #outstanding(poller: Poller): Sent[] {
    return [...(this.#sent.get(poller)?.values() ?? [])].flat();
  }
}
