/**
 * What a channel remembers of each incident, or of each of its alerts: how its message is found again, and what it
 * has taken. A file for each, and channel.
 *
 * Invariants: what an incident is told at one channel is told one after the other; a note that cannot be read
 * or written costs a repetition at most, and keeps nobody from being told; old ones go.
 */
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { makeFolders } from '../files/folders.js';
import { fileNameOf } from '../files/names.js';

const MODE = 0o600;
const FOLDER_MODE = 0o700;
const LARGEST = 256 * 1024;
const MOST_FILES = 1_000;
const MOST_KEYS = 500;

const Kept = z.object({
  /** Of the message that is edited; null where there is none yet. */
  messageId: z.string().nullable().default(null),
  /** When that which it shows was said. */
  shownAtMs: z.number().default(0),
  /** The gate that it asks about. */
  gateId: z.string().nullable().default(null),
  /** When the incident was over. */
  endedAtMs: z.number().default(0),
  /** Of dedup keys: `begun` may have been taken. */
  sent: z.record(z.string(), z.enum(['begun', 'done'])).default({}),
});
type Kept = z.infer<typeof Kept>;
export type Note = Kept & {
  /** Nothing was known of the incident: who knows more is asked. */
  isNew: boolean;
  /** Keeps it before something is done whose answer may be lost. */
  save: () => Promise<void>;
};

export interface Notes {
  /** What `act` changes of the note is kept, where it fails, too. */
  ofIncident(incidentId: string, act: (note: Note) => Promise<void>): Promise<void>;
}

/** `folder` missing: in memory. */
export function openNotes(folder: string | undefined, channel: string, files: Files = disk): Notes {
  const place = folder === undefined ? null : join(folder, fileNameOf(channel));
  const remembered = new Map<string, Note>();
  const queues = new Map<string, Promise<unknown>>();
  async function inTurn(incidentId: string, act: (note: Note) => Promise<void>): Promise<void> {
    const note = remembered.get(incidentId) ?? (await load(place, incidentId, files));
    if (place === null) remembered.set(incidentId, note);
    try {
      await act(note);
    } finally {
      note.isNew = false;
      await note.save();
    }
  }
  return {
    ofIncident(incidentId, act) {
      const before = queues.get(incidentId) ?? Promise.resolve();
      const mine = before.then(() => inTurn(incidentId, act));
      const settled = mine.catch(() => undefined);
      queues.set(incidentId, settled);
      void settled.then(() => {
        if (queues.get(incidentId) === settled) queues.delete(incidentId);
      });
      return mine;
    },
  };
}

async function load(place: string | null, incidentId: string, files: Files): Promise<Note> {
  const path = place === null ? null : join(place, `${fileNameOf(incidentId)}.json`);
  const known = path === null ? null : await read(path, files);
  let kept = known ?? Kept.parse({});
  const note: Note = {
    ...structuredClone(kept),
    isNew: known === null,
    save: async () => {
      const mine = Kept.parse(note);
      if (path === null || isDeepStrictEqual(mine, kept)) return;
      const merged = withOthers(mine, kept, (await read(path, files)) ?? kept);
      await write(path, merged, files).catch(() => undefined);
      kept = structuredClone(merged);
      Object.assign(note, merged);
    },
  };
  if (known === null && place !== null) await removeOldest(place, files).catch(() => undefined);
  return note;
}

/** An agent and a worker of one machine tell the same incident: what each has noted since stays. */
function withOthers(mine: Kept, before: Kept, now: Kept): Kept {
  const theirs = mine.messageId === before.messageId ? now.messageId : mine.messageId;
  const isLater = mine.shownAtMs >= now.shownAtMs;
  const done = Object.entries(now.sent).filter(([, how]) => how === 'done');
  return {
    messageId: theirs,
    shownAtMs: Math.max(mine.shownAtMs, now.shownAtMs),
    gateId: isLater ? mine.gateId : now.gateId,
    endedAtMs: Math.max(mine.endedAtMs, now.endedAtMs),
    sent: { ...now.sent, ...mine.sent, ...Object.fromEntries(done) },
  };
}

async function read(path: string, files: Files): Promise<Kept | null> {
  const content = await files.read(path, LARGEST).catch(() => null);
  return content === null ? null : parsed(content.toString());
}

function parsed(text: string): Kept | null {
  try {
    return Kept.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function write(path: string, kept: Kept, files: Files): Promise<void> {
  const sent = Object.fromEntries(Object.entries(kept.sent).slice(-MOST_KEYS));
  await makeFolders(dirname(path), files, FOLDER_MODE);
  await writeAtomically(path, JSON.stringify({ ...kept, sent }), files, MODE);
}

async function removeOldest(place: string, files: Files): Promise<void> {
  const names = await files.list(place);
  if (names.length < MOST_FILES) return;
  const dated = await Promise.all(
    names.map(async (name) => ({ name, atMs: (await files.changedAtMs(join(place, name))) ?? 0 })),
  );
  const oldest = dated.toSorted((a, b) => a.atMs - b.atMs).slice(0, names.length - MOST_FILES + 1);
  await Promise.all(oldest.map(({ name }) => files.remove(join(place, name))));
}
