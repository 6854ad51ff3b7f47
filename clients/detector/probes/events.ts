/**
 * The kernel's events of the engine's process, where it may be asked for them: that it dies, before its core is
 * written, and that it has ended, and how, on kernels too that tell no status by a descriptor.
 *
 * Invariants: an event is a reason to look, and the process table says what has become of the process: the end of a
 * thread, also of the leader, is not that of the process; its status is that of the last thread to end, with the core
 * that any of them tells of; lost events are told, and looked after.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type {
  EngineInstance,
  Sighting,
  Suspicion,
} from '../../../workflows/domain/crash/report.js';
import { exitOf, exitWords } from '../../host/kernel/exit-status.js';
import { processEvents, type Follower } from '../../host/kernel/proc-connector.js';
import { livenessOf } from '../../host/process-table.js';
import { defineKind } from '../kinds/kind.js';
import { heardOut } from './looking.js';
import { defineProbe, type ProbeWatch } from './probe.js';

/** From the event to what the process table shows of it, or until the last thread has told its end. */
const SETTLES_MS = 2;
const LOOKS = 50;
/** Of a wait status; any thread of it may be the one that bears it. */
const WROTE_CORE = 0x80;

const KIND = defineKind({
  kind: 'proc_connector',
  Settings: z.strictObject({ kind: z.literal('proc_connector') }),
});

export const eventsProbe = defineProbe(KIND, (_entry, watch) => {
  const lives = new Set<Life>();
  let [stopped, said] = [false, false];
  void processEvents(); // opened before the first engine may die
  watch.onWatched((instance) => void follow(instance).catch(without));
  return {
    stop: async () => {
      stopped = true;
      for (const life of lives) life.end();
    },
  };

  async function follow(instance: EngineInstance): Promise<void> {
    const events = await processEvents();
    if ('why' in events) return without(events);
    if (stopped) return;
    const life = new Life(instance, watch);
    const stopFollowing = events.follow(life);
    if (stopFollowing === null) return without({ why: 'too many processes are followed' });
    lives.add(life);
    life.onEnd = () => {
      stopFollowing();
      lives.delete(life);
    };
    watch.toldByKernel(instance);
    life.look(); // for what came before
  }

  function without(reason: unknown): void {
    const { why = 'unknown' } = reason as { why?: string };
    if (!said)
      watch.warn('that the engine dies is seen by looks at the process table alone', { why });
    said = true;
  }
});

/** Of one process, until it is gone. */
class Life implements Follower {
  readonly pid: number;
  onEnd: () => void = () => undefined;
  readonly #instance: EngineInstance;
  readonly #watch: ProbeWatch;
  #status: number | null = null;
  #ended = false;
  #looking = false;
  #left = 0;

  constructor(instance: EngineInstance, watch: ProbeWatch) {
    this.pid = instance.pid;
    this.#instance = instance;
    this.#watch = watch;
  }

  dying(): void {
    this.look();
  }

  exited(status: number): void {
    this.#status = status | ((this.#status ?? 0) & WROTE_CORE);
    this.look();
  }

  missed(): void {
    this.#status = null;
    const { pid } = this;
    this.#watch.warn('events of the kernel were lost: the process table is looked at', { pid });
    this.look();
  }

  look(): void {
    this.#left = LOOKS;
    if (this.#looking) return;
    this.#looking = true;
    void this.#lookOn().finally(() => (this.#looking = false));
  }

  end(): void {
    this.#ended = true;
    this.onEnd();
  }

  async #lookOn(): Promise<void> {
    for (; this.#left > 0 && !this.#ended; this.#left -= 1) {
      await heardOut();
      const liveness = await this.#liveness();
      if (liveness === 'dumping_core') this.#tell('dumping_core', 'writes its core');
      await sleep(SETTLES_MS);
      if (liveness === 'gone' && !this.#ended) return this.#tellEnd();
    }
  }

  /** What cannot be looked at has not ended. */
  async #liveness(): ReturnType<typeof livenessOf> {
    const { pid, startTicks } = this.#instance;
    return livenessOf(pid, startTicks).catch(() => 'alive' as const);
  }

  #tellEnd(): void {
    const exit = this.#status === null ? null : exitOf(this.#status);
    if (exit === null) this.#tell('dead', 'has ended');
    else this.#tell('dead', `has ended: ${exitWords(exit)}`, { exit });
    this.end();
  }

  #tell(suspicion: Suspicion, what: string, fact: Pick<Sighting, 'exit'> = {}): void {
    if (this.#ended) return;
    const told = { instance: this.#instance, suspicion, probe: 'proc_connector' } as const;
    this.#watch.suspect({ ...told, detail: `pid ${this.pid} ${what}`, ...fact });
  }
}
