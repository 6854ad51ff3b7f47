/**
 * Whose an engine's process is, where one machine has several installations of Relight whose engines
 * bear the same id: each starts its engines with its own mark, a number drawn once and its data folder.
 *
 * Invariants: what bears no mark is ours; another's is only what the folder in its mark bears out, looked at
 * where the process itself sees it; what is neither counts as living and is never killed; a folder that was
 * moved is the one it was, and of two that are copies of each other each may have started what bears their mark;
 * no agent begins on a copy of a folder that is still there: fence, spool, keys and what is watched are the other's.
 */
import { randomUUID } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { firstOf } from '../../workflows/domain/content/shortened.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import { FolderNotPrivate } from './private-folders.js';

export const INSTALLATION_VARIABLE = 'RELIGHT_INSTALLATION';

const FILE = 'installation.json';
/** An engine's user, who could otherwise pass its process off as one of ours or of another's, reads it not. */
const MODE = 0o600;
const LARGEST = 1_024;
/** `folder` and `place`: where it was when an agent last began; missing of earlier versions. */
const Drawn = z.object({
  id: z.uuid(),
  folder: z.string().optional(),
  place: z.string().optional(),
});
type Drawn = z.infer<typeof Drawn>;

/** Of a process, by its mark. `where`: the folder that the mark names. */
export type Whose =
  { kind: 'ours' } | { kind: 'another'; where: string } | { kind: 'doubt'; where: string };

/** Whether a folder answers; a dead mount does not. */
export type Answering = (folder: string) => Promise<boolean>;

export type WhoseProcess = (pid: number, mark: string) => Promise<Whose>;

const OURS: Whose = { kind: 'ours' };
const SHOWN = 200;

/** In words with the remedy. */
class FolderIsCopy extends FolderNotPrivate {
  override name = 'FolderIsCopy';
}

/**
 * Drawn once; a file that cannot be read as one is written anew: what it marked is known by its folder. Fails
 * where the folder is a copy of one that is still there.
 */
export async function keepInstallation(dataDir: string): Promise<void> {
  const folder = await realpath(dataDir);
  const { place, drawn } = await found(dataDir);
  if (drawn !== null) await refuseCopy(drawn, { folder, place });
  const now = { id: drawn?.id ?? randomUUID(), folder, ...(place !== null && { place }) };
  if (drawn?.folder === now.folder && drawn.place === now.place) return;
  await writeAtomically(join(dataDir, FILE), `${JSON.stringify(now)}\n`, disk, MODE);
}

/** At another place under another name, it was moved or copied: the one that it names tells which. */
async function refuseCopy(drawn: Drawn, here: { folder: string; place: string | null }) {
  const { id, folder, place } = drawn;
  if (folder === undefined || folder === here.folder || place === here.place) return;
  const there = await lookInto(folder);
  if (there.place !== place || there.id !== id) return;
  throw new FolderIsCopy(
    `dataDir ${here.folder} is a copy of ${folder}, which is still there: kill switch, reports under way, keys and ` +
      'what is watched in it are of that one. Name an empty folder; or, where that one is not used any more, ' +
      `remove ${join(folder, FILE)} after a look that no agent of it runs`,
  );
}

/** For the environment of an engine that is started; without the number where that cannot be read now. */
export async function markOf(dataDir: string): Promise<string> {
  const folder = await realpath(dataDir).catch(() => dataDir);
  return `${(await drawnIn(dataDir))?.id ?? ''}:${folder}`;
}

/**
 * As an installation with this data folder sees it. `asksFirst`: for a process that must end, which a look into
 * a folder that does not answer would keep it from.
 */
export function whoseFor(dataDir: string, asksFirst: Answering = async () => true): WhoseProcess {
  return async (pid, mark) => {
    const [id, folder] = partsOf(mark);
    if (folder === '') return OURS;
    const marked = await seenBy(pid, folder);
    const look = async () => ((await asksFirst(marked)) ? lookInto(marked) : NOTHING);
    const [own, there] = await Promise.all([lookInto(dataDir), look()]);
    if (own.place !== null && own.place === there.place) return OURS;
    const isBorneOut = id !== '' && there.id === id;
    if (!isBorneOut && (own.place === null || own.id === id)) return OURS; // its disk is away, or it was moved
    const kind = isBorneOut && own.id !== id ? 'another' : 'doubt';
    return { kind, where: firstOf(folder, SHOWN) };
  };
}

/** What bears none is ours: started by hand, by a service manager, or by an earlier version. */
function partsOf(mark: string): [id: string, folder: string] {
  const [whole, id = '', folder = ''] = /^([^:]*):(\/.*)$/s.exec(mark) ?? [];
  return whole === undefined ? ['', ''] : [id, folder];
}

/** In a container the same name is another folder than ours; of a leader that has ended nothing is left to ask. */
async function seenBy(pid: number, folder: string): Promise<string> {
  const root = `/proc/${pid}/root`;
  return stat(`${root}/`).then(
    () => root + folder,
    () => folder,
  );
}

interface Found {
  /** By what it is, whatever it is called. */
  place: string | null;
  id: string | null;
  drawn: Drawn | null;
}

const NOTHING: Found = { place: null, id: null, drawn: null };
const WITHIN_MS = 1_000;

/** One look at a time into each: on a disk that hangs each further one would hold a thread of ours. */
const looking = new Map<string, Promise<Found>>();

/** Of a folder that somebody else names, or whose disk is away: never waited for long. */
async function lookInto(folder: string): Promise<Found> {
  const look = looking.get(folder) ?? found(folder).finally(() => looking.delete(folder));
  looking.set(folder, look);
  const timer = new AbortController();
  const late = sleep(WITHIN_MS, NOTHING, { signal: timer.signal }).catch(() => NOTHING);
  const seen = await Promise.race([look, late]);
  timer.abort();
  return seen;
}

async function found(folder: string): Promise<Found> {
  const place = await stat(folder, { bigint: true }).catch(() => null);
  if (place === null) return NOTHING;
  const drawn = await drawnIn(folder);
  return { place: `${place.dev}:${place.ino}`, id: drawn?.id ?? null, drawn };
}

/** Null where there is none, or none that can be read. */
async function drawnIn(dataDir: string): Promise<Drawn | null> {
  try {
    const content = await disk.read(join(dataDir, FILE), LARGEST);
    return content === null ? null : Drawn.parse(JSON.parse(content.toString()));
  } catch {
    return null;
  }
}
