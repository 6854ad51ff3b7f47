/**
 * The last minutes of one engine's resources, over restarts.
 *
 * Invariants: its room is taken once and never grows; each sample belongs to one life of the engine.
 */
import type { Sample } from './sample.js';

const COLUMNS = 10;
export const BYTES_OF_A_SAMPLE = COLUMNS * 8;

export interface KeptSample extends Sample {
  atMs: number;
  /** By a clock that is never set: what lies between two samples. */
  monotonicMs: number;
}

export class Ring {
  readonly #rows: Float64Array;
  readonly #capacity: number;
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#rows = new Float64Array(capacity * COLUMNS);
  }

  add(life: number, sample: KeptSample): void {
    const { atMs, monotonicMs, cpuTicks, rssBytes, threads, descriptors } = sample;
    const { tcp, receivedBytes, sentBytes } = sample;
    const row = [life, atMs, monotonicMs, cpuTicks, rssBytes, threads, descriptors, tcp];
    this.#rows.set([...row, receivedBytes, sentBytes], (this.#count % this.#capacity) * COLUMNS);
    this.#count += 1;
  }

  /** Oldest first. */
  of(life: number): KeptSample[] {
    const samples: KeptSample[] = [];
    for (let at = Math.max(0, this.#count - this.#capacity); at < this.#count; at += 1) {
      const from = (at % this.#capacity) * COLUMNS;
      const row = [...this.#rows.subarray(from, from + COLUMNS)];
      if (row[0] === life) samples.push(sampleIn(row));
    }
    return samples;
  }
}

function sampleIn([, ...values]: readonly number[]): KeptSample {
  const [atMs = 0, monotonicMs = 0, cpuTicks = 0, rssBytes = 0, threads = 0, ...network] = values;
  const [descriptors = 0, tcp = 0, receivedBytes = 0, sentBytes = 0] = network;
  const times = { atMs, monotonicMs };
  return { ...times, cpuTicks, rssBytes, threads, descriptors, tcp, receivedBytes, sentBytes };
}
