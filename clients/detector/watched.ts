/**
 * The detector's own file: the engine instance that it last heard from, and how that ended. Read by
 * the detector when it comes back, and by whoever looks for processes of the engine.
 *
 * Invariants: writes follow each other in order, the newest wins; a damaged file is none, the next
 * hello writes it anew; a disk in trouble stops no watching.
 */
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { z } from 'zod';
import { EngineInstance } from '../../workflows/domain/crash/report.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import { fileNameOf } from '../files/names.js';

const Watched = z.object({
  instance: EngineInstance,
  ended: z.enum(['no', 'goodbye', 'reported']),
});
export type Watched = z.infer<typeof Watched>;

export interface WatchedFile {
  value: Watched | null;
  save(value: Watched): void;
  settled(): Promise<void>;
}

export function watchedRecordPath(stateFolder: string, engineId: string): string {
  return join(stateFolder, 'watched', `${fileNameOf(engineId)}.json`);
}

/** Null where nothing was ever heard, or its record cannot be read. */
export async function watchedInstance(
  stateFolder: string,
  engineId: string,
): Promise<EngineInstance | null> {
  return (await readWatched(watchedRecordPath(stateFolder, engineId)))?.instance ?? null;
}

export async function openWatched(
  { stateFolder, engineId }: { stateFolder: string; engineId: string },
  logger: Logger,
): Promise<WatchedFile> {
  const path = watchedRecordPath(stateFolder, engineId);
  const inOrder = pLimit(1);
  const file: WatchedFile = {
    value: await readWatched(path),
    save(value) {
      file.value = value;
      void inOrder(() => writeAtomically(path, JSON.stringify(value))).catch(
        (error: NodeJS.ErrnoException) => {
          logger.error({ engineId, why: error.code }, 'the watched record cannot be written');
        },
      );
    },
    settled: () => inOrder(() => undefined),
  };
  return file;
}

async function readWatched(path: string): Promise<Watched | null> {
  try {
    const content = await disk.read(path);
    return content === null ? null : Watched.parse(JSON.parse(content.toString()));
  } catch {
    return null;
  }
}
