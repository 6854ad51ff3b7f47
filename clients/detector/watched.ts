/** The engine instance that the detector of this host last heard from. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { watchedRecordPath } from './index.js';
import { EngineInstance } from '../../workflows/domain/crash/report.js';

const Watched = z.object({ instance: EngineInstance });

/** Null where nothing was ever heard, or its record cannot be read. */
export async function watchedInstance(
  dataDir: string,
  engineId: string,
): Promise<EngineInstance | null> {
  try {
    const content = await readFile(watchedRecordPath(dataDir, engineId), 'utf8');
    return Watched.parse(JSON.parse(content)).instance;
  } catch {
    return null;
  }
}
