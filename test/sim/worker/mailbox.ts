/** What a worker polls for: messages wait for it, or it waits for them. */
import { ShutdownError } from '@temporalio/worker/lib/errors.js';

export class Mailbox {
  readonly #messages: Uint8Array[] = [];
  #waiting: { resolve: (message: Uint8Array) => void; reject: (error: Error) => void } | null =
    null;
  #isClosed = false;

  push(message: Uint8Array): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting === null) this.#messages.push(message);
    else waiting.resolve(message);
  }

  /** Fails with what tells the SDK that there will be no more. */
  async take(): Promise<Uint8Array> {
    const message = this.#messages.shift();
    if (message !== undefined) return message;
    if (this.#isClosed) throw new ShutdownError('closed');
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting?.reject(new ShutdownError('closed'));
    this.#waiting = null;
  }
}
