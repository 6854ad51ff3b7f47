/**
 * The kernel's own word that a process has ended, and how: as an event, of a process that is not our child.
 *
 * Invariants: what is watched is the very process, never a later one of its pid; what it said on its
 * socket before it ended is heard first, so that a goodbye comes before the end; how it ended is told as
 * soon as it is known, and an end whose status is not to be had is told without.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import type { Exit } from '../../../workflows/domain/crash/cause/exit.js';
import { exitOf, exitWords } from '../../host/kernel/exit-status.js';
import { pidfds, type OpenPidfd, type Pidfd } from '../../host/kernel/pidfd.js';
import { livenessOf, zombieStatus } from '../../host/process-table.js';
import { defineKind } from '../kinds/kind.js';
import { heardOut } from './looking.js';
import { defineProbe, type ProbeWatch } from './probe.js';

/** Whoever reaps it does so within milliseconds, or never. */
const ASK_AGAIN_MS = 2;
const ASKED = 500;

const KIND = defineKind({
  kind: 'pidfd',
  Settings: z.strictObject({ kind: z.literal('pidfd') }),
});

export const pidfdProbe = defineProbe(KIND, (_entry, watch) => {
  const open = new Set<Pidfd>();
  let stopped = false;
  void pidfds(); // loaded before the first engine may die
  watch.onWatched((instance) => void follow(instance).catch(notFollowed));
  return {
    stop: async () => {
      stopped = true;
      for (const pidfd of open) pidfd.close();
      open.clear();
    },
  };

  async function follow(instance: EngineInstance): Promise<void> {
    const system = await pidfds();
    if (typeof system !== 'function') return without(system.why);
    const pidfd = await pidfdOf(instance, system);
    if (pidfd === null) return; // others tell that it is gone
    if (stopped) return pidfd.close();
    open.add(pidfd);
    pidfd.onEnd(() => {
      const isWatched = () => open.has(pidfd);
      void ended({ instance, pidfd, isWatched }, watch).finally(() => {
        if (open.delete(pidfd)) pidfd.close();
      });
    });
  }

  function without(why: string): void {
    watch.warn('how the engine ends will not be known: the process table is polled', { why });
  }

  function notFollowed(error: unknown): void {
    without((error as NodeJS.ErrnoException).code ?? 'unknown');
  }
});

/** Opened first and looked at then: what is seen to be this process is what the descriptor is of. */
async function pidfdOf(
  { pid, startTicks }: EngineInstance,
  open: OpenPidfd,
): Promise<Pidfd | null> {
  const pidfd = open(pid);
  if (pidfd === null) return null;
  const liveness = await livenessOf(pid, startTicks).catch(() => 'gone' as const);
  if (liveness !== 'gone') return pidfd;
  pidfd.close();
  return null;
}

interface Ended {
  instance: EngineInstance;
  pidfd: Pidfd;
  /** Until the probe is stopped. */
  isWatched: () => boolean;
}

async function ended(of: Ended, watch: ProbeWatch): Promise<void> {
  const { instance, pidfd, isWatched } = of;
  await heardOut();
  const told = { instance, suspicion: 'dead', probe: 'pidfd' } as const;
  const sayExit = (exit: Exit) =>
    watch.suspect({ ...told, detail: `pid ${instance.pid}: ${exitWords(exit)}`, exit });
  const atOnce = await exitNow(instance, pidfd);
  if (atOnce !== null) return sayExit(atOnce);
  watch.suspect({ ...told, detail: `pid ${instance.pid} has ended` });
  const later = await exitLater(of);
  if (!isWatched()) return;
  if (later !== null) return sayExit(later);
  const why = 'the kernel does not tell (Linux 6.15 does), or nobody has reaped it';
  watch.warn('how the engine ended is not known', { pid: instance.pid, why });
}

async function exitLater({ instance, pidfd, isWatched }: Ended): Promise<Exit | null> {
  for (let asked = 0; asked < ASKED && isWatched(); asked += 1) {
    await sleep(ASK_AGAIN_MS);
    const exit = await exitNow(instance, pidfd);
    if (exit !== null) return exit;
  }
  return null;
}

/** Until it is reaped its entry in the table has the status, then its descriptor. */
async function exitNow({ pid, startTicks }: EngineInstance, pidfd: Pidfd): Promise<Exit | null> {
  const told = pidfd.exit();
  if (told !== null) return told;
  const status = await zombieStatus(pid, startTicks).catch(() => null);
  return status === null ? pidfd.exit() : exitOf(status);
}
