/**
 * The engine's checkpoints.
 *
 * Invariants: a file is complete and durable before it has its name; sequences rise over restarts;
 * one write at a time; `flush` resolves when a checkpoint that began after the call is durable, so
 * any number of waiting callers cost one write; a checkpoint bears no time at which its figures were not so.
 */
import {
  CHECKPOINT_VERSION,
  encodeCheckpoint,
  type CheckpointHeader,
} from '../../../workflows/domain/engine/checkpoint.js';
import type { EngineState } from '../../../workflows/domain/books/state.js';
import type { CheckpointFolder } from './checkpoint-folder.js';

const KEPT = 5;
const NAME = /^(\d{12})\.ckpt$/;

export interface CheckpointWriterOptions {
  folder: CheckpointFolder;
  identity: Pick<CheckpointHeader, 'engineId' | 'instanceId' | 'epoch'>;
  firstSequence: number;
  snapshot: () => EngineState;
  /** From when the figures of the snapshot are. */
  asOfMs: () => number;
  everyMs: number;
  onFailure: (error: unknown) => void;
}

export class CheckpointWriter {
  readonly #options: CheckpointWriterOptions;
  #sequence: number;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #lastWrittenMs: number | null = null;

  constructor(options: CheckpointWriterOptions) {
    this.#options = options;
    const used = sequencesIn(options.folder.names()).map((sequence) => sequence + 1);
    this.#sequence = Math.max(options.firstSequence, ...used) - 1;
  }

  /** Of the newest checkpoint begun. */
  get sequence(): number {
    return this.#sequence;
  }

  get lastWrittenMs(): number | null {
    return this.#lastWrittenMs;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#running === null) this.flush().catch(this.#options.onFailure);
    }, this.#options.everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  flush(): Promise<void> {
    if (this.#running === null) return this.#begin();
    this.#next ??= this.#running.catch(() => undefined).then(() => this.#begin());
    return this.#next;
  }

  #begin(): Promise<void> {
    this.#next = null;
    const write = this.#write().finally(() => {
      this.#running = null;
    });
    this.#running = write;
    return write;
  }

  async #write(): Promise<void> {
    const { folder, identity, snapshot, asOfMs } = this.#options;
    this.#sequence += 1;
    const header: CheckpointHeader = {
      version: CHECKPOINT_VERSION,
      ...identity,
      sequence: this.#sequence,
      takenAtNs: `${asOfMs()}000000`,
    };
    const name = `${String(this.#sequence).padStart(12, '0')}.ckpt`;
    await folder.write(name, encodeCheckpoint({ header, state: snapshot() }));
    this.#lastWrittenMs = Date.now();
    const names = folder
      .names()
      .filter((each) => NAME.test(each))
      .sort();
    await Promise.all(names.slice(0, -KEPT).map((each) => folder.remove(each)));
  }
}

function sequencesIn(names: string[]): number[] {
  return names.flatMap((name) => {
    const digits = NAME.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}
