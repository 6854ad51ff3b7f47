/**
 * The detector's own file: the engine instance that it last heard from, where that ran, and how it
 * ended. Read by the detector when it comes back, and by whoever looks for processes of the engine.
 *
 * Invariants: writes follow each other in order, the newest wins; a damaged file is none, the next
 * hello writes it anew; a disk in trouble stops no watching; a pid is looked for only where it means
 * the process that said hello.
 */
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { z } from 'zod';
import { LostConnection } from '../../workflows/domain/engine/connections.js';
import { Doubt } from '../../workflows/domain/crash/life/doubts.js';
import type { Remains } from '../../workflows/domain/crash/life/remains.js';
import { EngineInstance } from '../../workflows/domain/crash/report.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { fileNameOf } from '../files/names.js';
import { OwnGroup, remainsIn } from '../host/kernel/own-group.js';
import { standingOf, toldPlace, type Place, type Standing, type ToldPlace } from '../host/place.js';

/** `leaving`: it has said goodbye, and may still be there. */
const Ended = z.enum(['no', 'leaving', 'goodbye', 'reported']);

const Watched = z.object({
  instance: EngineInstance,
  ended: Ended,
  /** The cgroup that it had for itself; missing where it had none, or nobody could see it. */
  group: OwnGroup.optional(),
  /** What makes it suspected while it lives; missing where nothing does. */
  doubts: z.array(Doubt).optional(),
  /** Exchanges that it has told to have lost since its last hello; missing where there are none. */
  lost: z.array(LostConnection).optional(),
  /** Missing in records of an earlier version, which were of the host that has them. */
  host: z.string().min(1).optional(),
  bootId: z.string().min(1).optional(),
  pidNamespace: z.string().min(1).optional(),
});
export type Watched = Pick<
  z.infer<typeof Watched>,
  'instance' | 'ended' | 'group' | 'doubts' | 'lost'
>;
type Kept = z.infer<typeof Watched>;

export interface WatchedFile {
  /** Of this place; null where nothing was heard here. */
  value: Watched | null;
  /** Of another boot, namespace or host: what nobody here can look at. */
  left: Left | null;
  save(value: Watched): void;
  /** As it was, and that its end is told. */
  saveLeft(left: Left): void;
  settled(): Promise<void>;
}

export interface Left {
  record: Kept & { host: string };
  standing: Exclude<Standing, 'here'>;
}

interface Whose {
  stateFolder: string;
  engineId: string;
  place: Place;
}

export function watchedRecordPath(stateFolder: string, engineId: string): string {
  return join(stateFolder, 'watched', `${fileNameOf(engineId)}.json`);
}

/** Who is left in the cgroup of one that has died here. Never fails. */
export async function remainsOf(
  { pid, startTicks }: Pick<EngineInstance, 'pid' | 'startTicks'>,
  { stateFolder, engineId, place }: Whose,
): Promise<Remains> {
  const now = await watchedNow({ stateFolder, engineId, place }).catch(() => null);
  if (now === null || now === 'elsewhere' || now.group === undefined) return { kind: 'unknown' };
  const { instance, group } = now;
  if (instance.pid !== pid || instance.startTicks !== startTicks) return { kind: 'unknown' };
  return remainsIn(group, { engineId, startTicks });
}

/** Null where nothing was ever heard here, or its record cannot be read. */
export async function watchedInstance({
  stateFolder,
  engineId,
  place,
}: Whose): Promise<EngineInstance | null> {
  const kept = await readWatched(watchedRecordPath(stateFolder, engineId));
  if (kept === null) return null;
  return standingOf({ ...kept, host: kept.host ?? place.host }, place) === 'here'
    ? kept.instance
    : null;
}

/** With how it ended; `elsewhere` where it did not run at this place. */
export async function watchedNow({
  stateFolder,
  engineId,
  place,
}: Whose): Promise<Watched | 'elsewhere' | null> {
  const kept = await readWatched(watchedRecordPath(stateFolder, engineId));
  if (kept === null) return null;
  const { value, left } = partedBy(kept, place);
  // Of an earlier boot all has ended: what runs since then nobody has noted.
  return left === null ? value : left.standing === 'ended' ? null : 'elsewhere';
}

/** Wherever that ran; null where nothing was ever heard, or its record cannot be read. */
export async function watchedRecord({
  stateFolder,
  engineId,
  place,
}: Whose): Promise<({ instance: EngineInstance } & ToldPlace) | null> {
  const kept = await readWatched(watchedRecordPath(stateFolder, engineId));
  if (kept === null) return null;
  const { instance, host = place.host, bootId, pidNamespace } = kept;
  return {
    instance,
    host,
    ...(bootId !== undefined && { bootId }),
    ...(pidNamespace !== undefined && { pidNamespace }),
  };
}

export async function openWatched(
  { stateFolder, engineId, place }: Whose,
  logger: Logger,
  files: Files = disk,
): Promise<WatchedFile> {
  const path = watchedRecordPath(stateFolder, engineId);
  const inOrder = pLimit(1);
  let newest: Kept | null = null;
  const write = (kept: Kept) => {
    newest = kept;
    // Of one that says much at once the last is written, and what waits for the disk does not grow.
    const writing = inOrder(async () => {
      if (newest === kept) await writeAtomically(path, JSON.stringify(kept), files);
    });
    void writing.catch((error: NodeJS.ErrnoException) => {
      logger.error({ engineId, why: error.code }, 'the watched record cannot be written');
    });
  };
  const file: WatchedFile = {
    ...partedBy(await readWatched(path, files), place),
    save(value) {
      file.value = value;
      write({ ...value, ...toldPlace(place) });
    },
    saveLeft({ record }) {
      write({ ...record, ended: 'reported' });
    },
    settled: () => inOrder(() => undefined),
  };
  return file;
}

function partedBy(kept: Kept | null, place: Place): Pick<WatchedFile, 'value' | 'left'> {
  if (kept === null) return { value: null, left: null };
  const record = { ...kept, host: kept.host ?? place.host };
  const standing = standingOf(record, place);
  if (standing !== 'here') return { value: null, left: { record, standing } };
  const { host: _host, bootId: _boot, pidNamespace: _namespace, ...value } = kept;
  return { value, left: null };
}

async function readWatched(path: string, files: Files = disk): Promise<Kept | null> {
  try {
    const content = await files.read(path);
    return content === null ? null : Watched.parse(JSON.parse(content.toString()));
  } catch {
    return null;
  }
}
