/**
 * The memory cgroup of the engine: whether the OOM killer has ended it.
 *
 * Invariants: a kill after which the engine lived for a whole look was another's, since what is killed may
 * take a moment to be gone; one that was counted later was its own, or of one that died with it; a group
 * that is gone, or cannot be read, tells nothing.
 */
import { z } from 'zod';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import { glanceAt, type Glance } from '../../host/kernel/glance.js';
import { memoryGroupOf, oomKillsIn, type MemoryGroup } from '../../host/kernel/memory-group.js';
import { livenessOf } from '../../host/process-table.js';
import { sameProcess } from '../crashes.js';
import { keepLooking } from './looking.js';
import { defineKind } from '../kinds/kind.js';
import { defineProbe, type ProbeWatch } from './probe.js';

const EVERY_MS = 500;

interface Followed {
  instance: EngineInstance;
  group: MemoryGroup;
  /** Null where it cannot be looked at so. */
  glance: Glance | null;
  /** At the look before the last at which it lived, and at that one. */
  before: number;
  kills: number;
}

const KIND = defineKind({
  kind: 'cgroup',
  Settings: z.strictObject({ kind: z.literal('cgroup') }),
});

export const cgroupProbe = defineProbe(KIND, (_entry, watch) => {
  let followed: Followed | null = null;
  watch.onWatched((instance) => {
    void follow(instance).then((found) => {
      // A later one may be watched by now.
      const current = watch.current();
      if (current !== null && sameProcess(current, instance)) become(found);
      else found?.glance?.close();
    });
  });
  function become(next: Followed | null): void {
    if (followed !== null && followed.glance !== next?.glance) followed.glance?.close();
    followed = next;
  }
  async function look(): Promise<void> {
    const looked = followed;
    if (looked === null) return;
    const next = await lookAt(looked, watch);
    if (followed === looked) become(next);
  }
  const looks = keepLooking({ everyMs: EVERY_MS }, watch, { kind: 'cgroup', look });
  return {
    stop: async () => {
      await looks.stop();
      become(null);
    },
  };
});

async function follow(instance: EngineInstance): Promise<Followed | null> {
  const group = await memoryGroupOf(instance.pid).catch(() => null);
  const kills = group === null ? null : oomKillsIn(group);
  if (group === null || kills === null) return null;
  const glance = await glanceAt(instance.pid, instance.startTicks);
  return { instance, group, glance, before: kills, kills };
}

async function lookAt(followed: Followed, watch: ProbeWatch): Promise<Followed | null> {
  const { instance, group, glance, before } = followed;
  const { pid, startTicks } = instance;
  const isAsBefore = glance !== null && glance.look() !== 'changed';
  const liveness = isAsBefore ? 'alive' : await livenessOf(pid, startTicks);
  const kills = oomKillsIn(group);
  if (liveness !== 'gone') {
    return kills === null ? followed : { ...followed, before: followed.kills, kills };
  }
  if (kills !== null && kills > before) {
    const detail = `pid ${pid} is gone, and the OOM killer counts ${kills - before} in its cgroup`;
    watch.suspect({ instance, suspicion: 'dead', probe: 'cgroup', detail, oomKilled: true });
  }
  return null;
}
