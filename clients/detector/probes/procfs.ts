/**
 * The process table, several times a second: sees a core being written, when sockets are still
 * open, and a death that no socket told.
 */
import { livenessOf } from '../../host/process-table.js';
import type { Probe, Watch } from './probe.js';

export function startProcfsProbe(everyMs: number, watch: Watch): Probe {
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look(watch).finally(() => {
      looking = false;
    });
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
    },
  };
}

async function look(watch: Watch): Promise<void> {
  const instance = watch.current();
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
