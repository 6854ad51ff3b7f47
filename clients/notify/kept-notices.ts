/**
 * Notices on disk, a file for each: whom they still have to reach, and that they were told.
 *
 * Invariants: one key, one file; a file that cannot be read is kept aside, and never thrown away.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { KeptNotice, NoticeStore } from '../../activities/ports.js';
import { NOTICE_STATES, type NoticeState } from '../../workflows/domain/notices/states.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import { fileNameOf } from '../files/names.js';

const MODE = 0o600;
const FOLDER_MODE = 0o700;
const LARGEST = 256 * 1024;
const MOST_FILES = 5_000;

const STATES = Object.keys(NOTICE_STATES) as [NoticeState, ...NoticeState[]];

const Kept = z.object({
  notice: z.object({
    incidentId: z.string(),
    engineId: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    title: z.string(),
    text: z.string(),
    dedupKey: z.string(),
    state: z.enum(STATES).optional().catch(undefined),
    atMs: z.number().optional(),
    answer: z
      .object({
        gateId: z.string(),
        approve: z.string(),
        reject: z.string(),
        expiresAtMs: z.number().nullable(),
      })
      .optional(),
    question: z.string().optional(),
    inPlaceOf: z.string().optional(),
    escalated: z.boolean().optional(),
    report: z.string().optional(),
  }),
  waiting: z.array(z.string()),
  atMs: z.number().int().nonnegative(),
});

export function createKeptNotices(folder: string, files: Files = disk): NoticeStore {
  const pathOf = ({ notice }: Pick<KeptNotice, 'notice'>) =>
    join(folder, `${fileNameOf(notice.dedupKey)}.json`);
  return {
    async load() {
      const names = (await files.list(folder)).filter((name) => name.endsWith('.json'));
      const kept: KeptNotice[] = [];
      for (const name of names.slice(0, MOST_FILES)) {
        const one = await read(join(folder, name), files);
        if (one !== null) kept.push(one);
      }
      return kept.toSorted((a, b) => a.atMs - b.atMs);
    },
    async put(kept) {
      await makeFolders(folder, files, FOLDER_MODE);
      await writeAtomically(pathOf(kept), JSON.stringify(kept), files, MODE);
    },
    remove: (kept) => files.remove(pathOf(kept)),
  };
}

async function read(path: string, files: Files): Promise<KeptNotice | null> {
  try {
    const content = await files.read(path, LARGEST);
    return content === null ? null : (Kept.parse(JSON.parse(content.toString())) as KeptNotice);
  } catch {
    await files.rename(path, `${path}.unreadable`).catch(() => undefined);
    return null;
  }
}
