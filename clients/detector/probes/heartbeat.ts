/**
 * The heartbeat record in a file, best in shared memory: healthy below one age, an alarm above another.
 *
 * Invariants: a record that cannot be read, is torn, or is of another process tells nothing; ages are
 * judged as in the domain (beats.ts), where no wall clock counts.
 */
import { decodeHeartbeat } from '../../../workflows/domain/engine/liveness.js';
import { readForeign } from '../../files/foreign.js';
import { heartbeatKind } from '../kinds/heartbeat.js';
import { keepLooking } from './looking.js';
import { defineProbe, type ProbeWatch } from './probe.js';
import { beatLimits, createJudge, NO_PROGRESS, type Judge } from './silence.js';

/** Of the record's bytes, with room for what a later version adds. */
const LARGEST_RECORD = 64 * 1024;

export const heartbeatProbe = defineProbe(heartbeatKind, ({ file }, watch, { heartbeat }) => {
  const limits = beatLimits(heartbeat);
  const told = { probe: 'heartbeat_file', what: 'no heartbeat' } as const;
  const judge = createJudge(limits, watch, told);
  const works = createJudge(limits, watch, { ...told, what: NO_PROGRESS });
  const { everyMs } = limits;
  return keepLooking({ everyMs }, watch, {
    kind: 'heartbeat',
    look: () => look(file, watch, { judge, works }),
  });
});

async function look(
  path: string,
  watch: ProbeWatch,
  { judge, works }: { judge: Judge; works: Judge },
): Promise<void> {
  const instance = watch.current();
  if (instance === null) return;
  const record = await readBeat(path);
  if (record === null) return;
  if (record.pid !== instance.pid || record.startTicks !== instance.startTicks) return;
  const { sequence, monotonicMs: beatMs, progress } = record;
  await judge.look(instance, { sequence, beatMs });
  if (progress !== undefined) await works.look(instance, { sequence: progress, beatMs: null });
}

/** Null where it cannot be read, or is torn. */
export async function readBeat(path: string): Promise<ReturnType<typeof decodeHeartbeat>> {
  const bytes = await readForeign(path, LARGEST_RECORD, { anyFolder: true }).catch(() => null);
  return bytes === null ? null : decodeHeartbeat(bytes);
}
