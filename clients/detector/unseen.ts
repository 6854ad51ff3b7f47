/**
 * An engine of which there never was a sign is told, once: nobody waits for what was never started. Where that is
 * asked for it is reported, too, as one that never came up.
 *
 * Invariants: it is told only where nothing was ever heard here, and no kill switch keeps it from running: after
 * a goodbye or a crash it is known where it is; the note of it is there until the first sign, for whoever asks,
 * and names the silence: told again it is the same one; it is reported only where no source has warned of
 * anything and nothing of it is seen alive then, and a sign that comes before the report has arrived takes it back.
 */
import { join } from 'node:path';
import type { CrashReport } from '../../workflows/domain/crash/report.js';
import type { SwitchReading } from '../../workflows/domain/crash/telling.js';
import { neverCameUp } from '../../workflows/domain/crash/unseen.js';
import { keepName, writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { fileNameOf } from '../files/names.js';
import { readSwitch, type CrashDependencies } from './crashes.js';
import { keepLooking } from './probes/looking.js';
import type { Running } from './probes/probe.js';
import type { WatchedFile } from './watched.js';

const EVERY_MS = 1_000;
const LARGEST = 32;

interface Whose {
  stateFolder: string;
  engineId: string;
}

interface Settings extends Whose {
  host: string;
  startsWithinMs: number | null;
  neverCameUp: 'tell' | 'recover';
}

/** What else this detector knows. */
interface Seen {
  record: WatchedFile;
  /** Of sources, in words; null where they have warned of nothing. */
  warned: () => string | null;
  warn: (message: string, fields: Record<string, unknown>) => void;
}

/** Since when an engine is looked for that was never seen; null where nobody has noted that. */
export async function unseenSinceMs(whose: Whose, files: Files = disk): Promise<number | null> {
  const noted = await files.read(noteOf(whose), LARGEST);
  const sinceMs = Number(noted?.toString() ?? '');
  return Number.isSafeInteger(sinceMs) && sinceMs > 0 ? sinceMs : null;
}

/** Who notes it first says since when. */
export async function notedUnseenMs(
  whose: Whose,
  sinceMs: number,
  files: Files = disk,
): Promise<number> {
  const known = await unseenSinceMs(whose, files);
  if (known === null) await writeAtomically(noteOf(whose), String(sinceMs), files);
  else await keepName(noteOf(whose), files);
  return known ?? sinceMs;
}

export async function watchForSign(
  settings: Settings,
  seen: Seen,
  dependencies: CrashDependencies,
): Promise<Running> {
  const { startsWithinMs } = settings;
  const { record, warn } = seen;
  if (startsWithinMs === null) await disk.remove(noteOf(settings)).catch(() => undefined);
  const [beganAtMs, began] = [Date.now(), performance.now()];
  const desk = createDesk(settings, seen, dependencies);
  let isDone = false;
  async function look(): Promise<void> {
    if (record.value !== null || record.left !== null) return desk.close();
    if (isDone || startsWithinMs === null || performance.now() - began < startsWithinMs) return;
    const killSwitch = await readSwitch(settings.engineId, dependencies);
    if (killSwitch === 'engaged') return;
    isDone = true;
    warn('THE ENGINE IS NOT WATCHED: no sign of it yet', { startsWithinMs });
    await desk.tell(beganAtMs, killSwitch);
  }
  return keepLooking({ everyMs: EVERY_MS }, { warn }, { kind: 'first sign', look });
}

function createDesk(
  { neverCameUp: then, ...settings }: Settings,
  { record, warned, warn }: Seen,
  dependencies: CrashDependencies,
) {
  const { engineId, host } = settings;
  const { delivery, tell, tellUnseen = async () => undefined } = dependencies;
  const { mayLive = async () => 'nobody could look whether it lives' } = dependencies;
  let isClosed = false;
  let reported: CrashReport | null = null;
  return {
    async tell(beganAtMs: number, killSwitch: SwitchReading): Promise<void> {
      const sinceMs = await notedUnseenMs(settings, beganAtMs).catch(() => beganAtMs);
      const why = then === 'tell' ? null : (warned() ?? (await mayLive(engineId)));
      if (record.value !== null) return; // it has come meanwhile
      if (then === 'tell' || why !== null) return tellUnseen(engineId, { sinceMs, why });
      reported = neverCameUp({ engineId, host, sinceMs }, Date.now());
      warn('the engine never came up: it is reported, to be recovered', { sinceMs });
      void delivery.send(reported, () => undefined);
      await tell(reported, killSwitch);
    },
    async close(): Promise<void> {
      if (isClosed) return;
      await disk.remove(noteOf(settings));
      if (reported !== null) await delivery.withdraw(reported);
      isClosed = true;
    },
  };
}

function noteOf({ stateFolder, engineId }: Whose): string {
  return join(stateFolder, 'watched', 'unseen', fileNameOf(engineId));
}
