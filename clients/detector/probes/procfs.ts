/**
 * The process table, several times a second: sees a core being written, when sockets are still
 * open, and a death that no socket told.
 */
import { z } from 'zod';
import { livenessOf } from '../../host/process-table.js';
import { keepLooking } from './looking.js';
import { defineProbe, type ProbeWatch } from './probe.js';

export const ProcfsSettings = z.object({
  procfsEveryMs: z.number().int().min(1).max(60_000).default(25),
});

export const procfsProbe = defineProbe({
  kind: 'procfs',
  Settings: ProcfsSettings,
  start: ({ procfsEveryMs }, watch) =>
    keepLooking({ everyMs: procfsEveryMs }, watch, { kind: 'procfs', look: () => look(watch) }),
});

/** Also where another probe was first: a hung engine that dies of it afterwards is both. */
async function look(watch: ProbeWatch): Promise<void> {
  const instance = watch.untold();
  if (instance === null) return;
  const liveness = await livenessOf(instance.pid, instance.startTicks);
  if (liveness === 'gone') {
    const detail = `pid ${instance.pid} is gone`;
    watch.suspect({ instance, suspicion: 'dead', probe: 'procfs', detail });
  } else if (liveness === 'dumping_core') {
    const detail = `pid ${instance.pid} writes its core`;
    watch.suspect({ instance, suspicion: 'dumping_core', probe: 'procfs', detail });
  }
}
