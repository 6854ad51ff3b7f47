/** A trouble that is said when it lasts, and once; and that it is over. */
import type { Logger } from 'pino';

/** One reading in vain is a venue that was away for a moment. */
const LASTS = 3;

export class Lasting {
  readonly #logger: Pick<Logger, 'info' | 'warn'>;
  readonly #engineId: string;
  #times = 0;

  constructor(logger: Pick<Logger, 'info' | 'warn'>, engineId: string) {
    this.#logger = logger;
    this.#engineId = engineId;
  }

  note(why: string): void {
    this.#times += 1;
    if (this.#times !== LASTS) return;
    const engineId = this.#engineId;
    this.#logger.warn(
      { engineId, why },
      'NO SHADOW: what is unreadable now would be missing after a crash',
    );
  }

  isOver(): void {
    if (this.#times >= LASTS)
      this.#logger.info({ engineId: this.#engineId }, 'shadows are written again');
    this.#times = 0;
  }
}
