/**
 * What a detector before this one watched, in a place that cannot be looked at from here.
 *
 * Invariants: a boot that has ended has taken its processes along: that is a death, and told as one; a
 * record of another host is no business of ours; whether a process of another PID namespace lives is
 * not known, so only its silence is told, which the recovery asks people about.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineInstance, Suspicion } from '../../workflows/domain/crash/report.js';
import { readBeat } from './probes/heartbeat.js';
import type { Running } from './probes/probe.js';
import type { Watch } from './watch.js';
import type { Left, WatchedFile } from './watched.js';

interface Settings {
  host: string;
  /** Null where it writes none. */
  heartbeatFile: string | null;
  /** How long it may be silent. */
  alarmMs: number;
}

export function checkLeft(
  settings: Settings,
  { record, watch }: { record: WatchedFile; watch: Watch },
): Running {
  const stopping = new AbortController();
  const { left } = record;
  const work = left === null ? Promise.resolve() : judge(left);

  async function judge(found: Left): Promise<void> {
    const { instance, ended, host } = found.record;
    if (host !== settings.host) {
      const told = { instance, host };
      return watch.warn('the watched record is of another host: nothing is told of it', told);
    }
    if (ended !== 'no') return;
    if (found.standing === 'ended') {
      return tell(found, 'dead', 'gone with the boot of its machine, which has ended since');
    }
    watch.warn('the engine was watched in another PID namespace: it must say hello', { instance });
    const before = await beatOf(instance);
    await sleep(settings.alarmMs, undefined, { signal: stopping.signal });
    const since = await beatOf(instance);
    if (record.value !== null || (since !== null && since !== before)) return;
    const detail =
      'watched in another PID namespace of this host, and silent since: whether it lives is not known';
    tell(found, 'hung', detail);
  }

  function tell(found: Left, suspicion: Suspicion, detail: string): void {
    const { instance, host, bootId, pidNamespace, lost = [] } = found.record;
    const seen = { instance, suspicion, probe: 'watched_record', detail } as const;
    const sighting = { ...seen, disconnected: lost };
    watch.lost(sighting, { host, bootId, pidNamespace }, () => {
      if (record.value === null) record.saveLeft(found);
    });
  }

  /** Which one is the last, by its number, which no clock that steps makes fresh or old; null: none of it. */
  async function beatOf({ pid, startTicks }: EngineInstance): Promise<string | null> {
    const { heartbeatFile } = settings;
    const beat = heartbeatFile === null ? null : await readBeat(heartbeatFile);
    return beat?.pid === pid && beat.startTicks === startTicks ? beat.sequence : null;
  }

  return {
    stop: async () => {
      stopping.abort();
      await work.catch(() => undefined); // only that it was stopped
    },
  };
}
