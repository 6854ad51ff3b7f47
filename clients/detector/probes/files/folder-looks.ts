/**
 * Looks of a probe that come as soon as something appears in a folder, and slowly all the same.
 *
 * Invariants: a folder that is not there yet, or is another one by now, is taken with the next slow look,
 * which also sees what the kernel did not tell; whoever fills a folder with files makes no more looks than
 * one at a time, with a gap.
 */
import { watch as watchFolder, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { keepLooking } from '../looking.js';
import type { ProbeWatch, Running } from '../probe.js';

const GAP_MS = 20;

interface Folders {
  everyMs: number;
  /** Asked at each look: a setting of the host may change. */
  folders: () => Promise<readonly string[]>;
  /** Whether a name that appears is worth a look. */
  isWanted: (name: string) => boolean;
}

export function keepLookingInto(
  { everyMs, folders, isWanted }: Folders,
  watch: Pick<ProbeWatch, 'warn'>,
  { kind, look }: { kind: string; look: () => Promise<void> },
): Running {
  const watched = new Map<string, WatchedFolder>();
  let stopped = false;
  /** What appears may be gone soon: it goes before the look at the folders themselves. */
  let isWoken = false;
  const looks = keepLooking({ everyMs }, watch, {
    kind,
    look: async () => {
      if (!isWoken) for (const path of await folders()) await follow(path);
      isWoken = false;
      await look();
    },
  });
  const wake = spaced(() => {
    isWoken = true;
    looks.now();
  });
  const appears = (event: string, name: string | null) => {
    // Not what is written into a file that is there: of a large core that never ends.
    if (event === 'rename' && (name === null || isWanted(name))) wake();
  };

  async function follow(path: string): Promise<void> {
    const found = await stat(path).catch(() => null);
    const known = watched.get(path);
    if (stopped || (known !== undefined && known.ino === found?.ino)) return;
    known?.watcher.close();
    watched.delete(path);
    if (found?.isDirectory() !== true) return;
    const watcher = opened(path, appears, () => watched.delete(path));
    if (watcher !== null) watched.set(path, { ino: found.ino, watcher });
  }

  looks.now();
  return {
    stop: async () => {
      stopped = true;
      await looks.stop();
      for (const { watcher } of watched.values()) watcher.close();
    },
  };
}

interface WatchedFolder {
  ino: number;
  watcher: FSWatcher;
}

/** Null where the kernel has no watch left, or it may not be read: the slow look goes on. */
function opened(
  path: string,
  appears: (event: string, name: string | null) => void,
  over: () => void,
): FSWatcher | null {
  try {
    const watcher = watchFolder(path, { persistent: false }, appears);
    watcher.on('error', () => {
      watcher.close();
      over();
    });
    return watcher;
  } catch {
    return null;
  }
}

function spaced(act: () => void): () => void {
  let lastMs = -GAP_MS;
  let waiting = false;
  return () => {
    if (waiting) return;
    const run = () => {
      waiting = false;
      lastMs = performance.now();
      act();
    };
    const waitMs = lastMs + GAP_MS - performance.now();
    if (waitMs <= 0) return run();
    waiting = true;
    setTimeout(run, waitMs).unref();
  };
}
