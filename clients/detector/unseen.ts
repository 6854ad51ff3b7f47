/**
 * An engine of which there never was a sign is told, once: nobody waits for what was never started.
 *
 * Invariants: it is told only where nothing was ever heard here, and no kill switch keeps it from running: after
 * a goodbye or a crash it is known where it is; the note of it is there until the first sign, for whoever asks.
 */
import { join } from 'node:path';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import { fileNameOf } from '../files/names.js';
import { keepLooking } from './probes/looking.js';
import type { Running } from './probes/probe.js';
import type { WatchedFile } from './watched.js';

const EVERY_MS = 1_000;
const LARGEST = 32;

interface Whose {
  stateFolder: string;
  engineId: string;
}

interface Told {
  killSwitchEngaged: (engineId: string) => Promise<boolean>;
  /** People. */
  tellUnseen: (engineId: string, sinceMs: number) => Promise<void>;
  warn: (message: string, fields: Record<string, unknown>) => void;
}

/** Since when an engine is looked for that was never seen; null where nobody has noted that. */
export async function unseenSinceMs(whose: Whose): Promise<number | null> {
  const noted = await disk.read(noteOf(whose), LARGEST);
  const sinceMs = Number(noted?.toString() ?? '');
  return Number.isSafeInteger(sinceMs) && sinceMs > 0 ? sinceMs : null;
}

export async function watchForSign(
  settings: Whose & { startsWithinMs: number | null },
  record: WatchedFile,
  { killSwitchEngaged, tellUnseen, warn }: Told,
): Promise<Running> {
  const { engineId, startsWithinMs } = settings;
  const note = noteOf(settings);
  if (startsWithinMs === null) {
    await disk.remove(note).catch(() => undefined);
    return { stop: async () => undefined };
  }
  let notedMs = await unseenSinceMs(settings).catch(() => null);
  const [sinceMs, began] = [notedMs ?? Date.now(), performance.now()];
  let told = false;
  async function look(): Promise<void> {
    if (record.value !== null || record.left !== null) {
      if (notedMs !== null) await disk.remove(note);
      notedMs = null;
      return;
    }
    if (told || performance.now() - began < (startsWithinMs ?? 0)) return;
    if (await killSwitchEngaged(engineId).catch(() => false)) return;
    told = true;
    warn('THE ENGINE IS NOT WATCHED: no sign of it yet', { startsWithinMs });
    notedMs = sinceMs;
    await writeAtomically(note, String(sinceMs)).catch(() => undefined);
    await tellUnseen(engineId, sinceMs);
  }
  return keepLooking({ everyMs: EVERY_MS }, { warn }, { kind: 'first sign', look });
}

function noteOf({ stateFolder, engineId }: Whose): string {
  return join(stateFolder, 'watched', 'unseen', fileNameOf(engineId));
}
