/**
 * A line in the engine's log by which it says that it is dead, or hangs.
 *
 * Invariants: a line is a suspicion: one that says dead counts when the process table has seen the process
 * gone, and one that says that it hangs only where the file may name that process, and was not there at the
 * first look; lines that may be of an earlier life say nothing; no text of the log is told, because it may hold a secret; one that is gone
 * without a line is told too, because this may be the only probe of its engine.
 */
import { basename } from 'node:path';
import type { EngineInstance } from '../../../../workflows/domain/crash/report.js';
import { whyUnread } from '../../../files/foreign.js';
import { livenessOf, TICK_MS } from '../../../host/process-table.js';
import { logKind } from '../../kinds/log.js';
import { whyNotNamed } from '../../sources/named-file.js';
import { keepLooking } from '../looking.js';
import { defineProbe, type ProbeWatch } from '../probe.js';
import { tellSilent } from '../silence.js';
import { createMatcher } from './matching.js';
import { followLog, type Log, type NewLines, type Written } from './new-lines.js';

export const logProbe = defineProbe(logKind, ({ file, line, means, everyMs }, watch) => {
  const counts = ({ isFirst }: Written) => means === 'dead' || !isFirst;
  const hits = createHits(followLog(file), { fits: createMatcher(line), counts }, () =>
    createWarner(file, watch),
  );
  async function look(): Promise<void> {
    const hit = await hits.newest();
    // Once told, what becomes of one that hangs is its recovery.
    const instance = means === 'hung' ? watch.current() : watch.untold();
    if (instance === null) return;
    const isSaid = hit !== null && hit.afterMs >= Number(instance.startTicks) * TICK_MS;
    const detail = `a line of ${basename(file)} says that it is ${means}`;
    if (!isSaid) return tellGone(instance, `nothing in ${basename(file)} says why`, watch);
    if (means === 'dead') return tellGone(instance, detail, watch);
    const why = await whyNotNamed(file, hit, instance.pid);
    hits.judge(why);
    if (why !== null) return;
    await tellSilent(watch, { instance, probe: 'log_line', detail });
  }
  const looks = keepLooking({ everyMs }, watch, { kind: 'log', look });
  looks.now(); // what comes from now on is new
  watch.onWatched(() => looks.now());
  return looks;
});

async function tellGone(
  instance: EngineInstance,
  detail: string,
  watch: ProbeWatch,
): Promise<void> {
  const liveness = await livenessOf(instance.pid, instance.startTicks);
  if (liveness !== 'alive') await tellSilent(watch, { instance, probe: 'log_line', detail });
}

type Hit = Pick<Written, 'afterMs'> & Pick<NewLines, 'uid' | 'mode'>;

interface Wanted {
  fits: ReturnType<typeof createMatcher>;
  counts: (written: Written) => boolean;
}

/** Of the whole log, whoever is watched. */
function createHits(log: Log, { fits, counts }: Wanted, createWarn: () => Warn) {
  const [unread, unbelieved] = [createWarn(), createWarn()];
  let newest: Hit | null = null;
  async function read(): Promise<void> {
    try {
      const found = await log.read();
      const lines = found?.lines.filter(({ since }) => counts(since)) ?? [];
      const at = fits(lines.map(({ text }) => text));
      const line = at === null ? undefined : lines[at];
      if (found !== null && line !== undefined) {
        newest = { afterMs: line.since.afterMs, uid: found.uid, mode: found.mode };
      }
      unread(whyNotWhole(found, at === null));
    } catch (error) {
      unread(whyUnread(error));
    }
  }
  return {
    async newest(): Promise<Hit | null> {
      await read();
      return newest;
    },
    /** One that is not believed stays so, whatever becomes of the file. */
    judge(why: string | null): void {
      unbelieved(why);
      if (why !== null) newest = null;
    },
  };
}

function whyNotWhole(found: NewLines | null, isGivenUp: boolean): string | null {
  if (isGivenUp) return 'its pattern takes too long over a line: it is given up';
  return found?.skipped === true ? 'it grows faster than it is read' : null;
}

type Warn = (why: string | null) => void;

/** Once, until it is another reason. */
function createWarner(file: string, watch: ProbeWatch): Warn {
  let told: string | null = null;
  return (why) => {
    if (why !== null && why !== told) {
      watch.warn('a log of liveness is not read, or not believed', { file, why });
    }
    told = why;
  };
}
