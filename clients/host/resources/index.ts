/**
 * The resources of the engines of this host, one sample a second while they live, for the evidence of the
 * crash that may come.
 *
 * Invariants: all rings together stay within 4 MiB; what is sampled is the process that the detector watches
 * and no other; a look that is not back is waited for by no other.
 */
import { limitsOf, sampleOf } from './sample.js';
import { BYTES_OF_A_SAMPLE, Ring, type KeptSample } from './ring.js';

const EVERY_MS = 1_000;
const SAMPLES = 600;
const MOST_BYTES = 4 * 1024 * 1024;
/** An engine that dies at each start is looked into after the next has begun. */
const LIVES = 8;

export interface Instance {
  pid: number;
  startTicks: string;
}

/** Of one life. */
export interface Trend {
  samples: KeptSample[];
  /** As the kernel tells them; null where they may not be read. */
  limits: string | null;
}

export interface ResourceWatch {
  /** Null where this process was never seen here. */
  trendOf(engineId: string, instance: Instance): Trend | null;
  stop(): void;
}

type WatchedNow = (engineId: string) => Promise<Instance | null>;

export function watchResources(
  engineIds: readonly string[],
  watchedNow: WatchedNow,
  everyMs = EVERY_MS,
): ResourceWatch {
  const room = Math.floor(MOST_BYTES / BYTES_OF_A_SAMPLE / Math.max(1, engineIds.length));
  const capacity = Math.max(1, Math.min(SAMPLES, room));
  const engines = new Map(engineIds.map((id) => [id, new EngineLives(id, capacity, watchedNow)]));
  const timer = setInterval(() => {
    for (const engine of engines.values()) engine.look();
  }, everyMs);
  timer.unref();
  return {
    trendOf: (engineId, instance) => engines.get(engineId)?.trendOf(instance) ?? null,
    stop: () => clearInterval(timer),
  };
}

interface Life extends Instance {
  number: number;
  limits: string | null;
}

class EngineLives {
  readonly #id: string;
  readonly #ring: Ring;
  readonly #watchedNow: WatchedNow;
  #lives: Life[] = [];
  #current: Life | null = null;
  #asking = false;

  constructor(id: string, capacity: number, watchedNow: WatchedNow) {
    this.#id = id;
    this.#ring = new Ring(capacity);
    this.#watchedNow = watchedNow;
  }

  look(): void {
    const life = this.#current;
    const sample = life === null ? null : sampleOf(life.pid, life.startTicks);
    if (life !== null && sample !== null) {
      const times = { atMs: Date.now(), monotonicMs: performance.now() };
      return this.#ring.add(life.number, { ...sample, ...times });
    }
    this.#current = null;
    if (!this.#asking) void this.#ask();
  }

  trendOf(instance: Instance): Trend | null {
    const life = this.#lives.find((one) => isSame(one, instance));
    return life === undefined ? null : { samples: this.#ring.of(life.number), limits: life.limits };
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const found = await this.#watchedNow(this.#id).catch(() => null);
    this.#asking = false;
    if (found === null || sampleOf(found.pid, found.startTicks) === null) return;
    const known = this.#lives.find((life) => isSame(life, found));
    this.#current = known ?? this.#begin(found);
  }

  #begin({ pid, startTicks }: Instance): Life {
    const number = (this.#lives.at(-1)?.number ?? 0) + 1;
    const life = { pid, startTicks, number, limits: limitsOf(pid) };
    this.#lives = [...this.#lives, life].slice(-LIVES);
    return life;
  }
}

function isSame(a: Instance, b: Instance): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks;
}
