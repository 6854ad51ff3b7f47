/**
 * Files by which somebody names a process: a heartbeat record, a pid file.
 *
 * Invariants: what is named may be killed, so that only the process's own user, root and we may name it;
 * nothing but a small regular file is read, no link is followed, and nothing is waited for.
 */
import { bytesAt, ForeignRefused, LinkRefused, withForeign } from '../../files/foreign.js';
import { userOf } from '../../host/process-table.js';

export interface NamedFile {
  bytes: Buffer;
  uid: number;
  mode: number;
  mtimeMs: number;
}

const LARGEST = 64 * 1024;

/** Null where nothing is there; a sentence where it is not read. */
export async function readNamedFile(path: string): Promise<NamedFile | string | null> {
  try {
    return await withForeign(path, { anyFolder: true }, async ({ file, stats }) => {
      const { size, uid, mode, mtimeMs } = stats;
      if (size > LARGEST) return `${path} is longer than ${LARGEST} bytes`;
      return { bytes: await bytesAt(file, 0, size), uid, mode, mtimeMs };
    });
  } catch (error) {
    if (error instanceof LinkRefused) return `${path} is a link: name the file itself`;
    if (error instanceof ForeignRefused) return `${path} ${error.message}`;
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? null : `${path} cannot be read (${code ?? 'unknown'})`;
  }
}

interface Named {
  pid: number;
  startTicks: string;
}

/** What was found right is so as long as its process is watched and the file is the same: others tell its end. */
export function createFoundRight() {
  let right = '';
  const words = ({ pid, startTicks }: Named, of: readonly number[]) =>
    [pid, startTicks, ...of].join(' ');
  return {
    is: (watched: Named | null, named: Named, of: readonly number[]) =>
      watched?.pid === named.pid &&
      watched.startTicks === named.startTicks &&
      words(named, of) === right,
    note: (named: Named, of: readonly number[]) => void (right = words(named, of)),
  };
}

/** What a look may spare, because it was found before. */
export interface Known {
  watched: Named | null;
  foundRight: ReturnType<typeof createFoundRight>;
}

/** A sentence; null where the file may name that process. */
export async function whyNotNamed(
  path: string,
  { uid, mode }: Pick<NamedFile, 'uid' | 'mode'>,
  pid: number,
): Promise<string | null> {
  if ((mode & 0o002) !== 0) return `${path} can be changed by every user: chmod o-w it`;
  const whose = await userOf(pid);
  if (whose === null || [0, process.getuid?.(), whose].includes(uid)) return null;
  return `${path} is of uid ${uid}, and names a process of uid ${whose}`;
}
