/**
 * The journals of an engine, in the folder that its configuration names.
 *
 * Invariants: a folder that cannot be read is never one without journals; whose a file is stands in it, and
 * its name is only where it lies.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalFolder } from '../../../activities/ports.js';
import { HEADER_BYTES, journalHeaderOf } from '../../../workflows/domain/engine/journal.js';
import { bytesAt, whyUnread, withForeign } from '../../files/foreign.js';
import { readJournal } from './read-journal.js';

const ENDING = '.journal';
const MOST_FILES = 1_000;

/** `folderOf`: null where the engine keeps none. */
export function createJournalFolder(folderOf: (engineId: string) => string | null): JournalFolder {
  return {
    isKept: (engineId) => folderOf(engineId) !== null,
    list: async (engineId) => {
      const folder = folderOf(engineId);
      if (folder === null) return 'is not configured';
      const names = await namesIn(folder);
      if (typeof names === 'string') return names;
      return Promise.all(
        names.map(async (name) => ({ name, header: await headerOf(join(folder, name)) })),
      );
    },
    read: async (engineId, name) => {
      const folder = folderOf(engineId);
      return folder === null ? 'is not configured' : readJournal(join(folder, name));
    },
  };
}

/** One that is gone, as with a machine's memory, holds none. */
async function namesIn(folder: string): Promise<string[] | string> {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING));
    return names.length > MOST_FILES ? `holds more than ${MOST_FILES} journals` : names.sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    return `cannot be read: ${whyUnread(error)}`;
  }
}

async function headerOf(path: string) {
  try {
    return await withForeign(path, {}, async ({ file }) =>
      journalHeaderOf(await bytesAt(file, 0, HEADER_BYTES)),
    );
  } catch (error) {
    return `cannot be read: ${whyUnread(error)}`;
  }
}
