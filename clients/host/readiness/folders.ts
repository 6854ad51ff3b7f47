/**
 * Files and folders as whoever looks may use them.
 *
 * Invariants: nothing is made and nothing is changed; what is not there is looked for no further than the folder
 * in which it would be made.
 */
import { access, constants, stat, statfs } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

const MODES = {
  read: constants.R_OK,
  write: constants.W_OK | constants.X_OK,
  run: constants.X_OK,
} as const;
type Use = keyof typeof MODES;

/** `absent`: it is not there. `no`: with the code of the system. */
export type Usable =
  { kind: 'yes' } | { kind: 'absent'; canBeMade: boolean } | { kind: 'no'; code: string };

export async function usable(path: string, use: Use): Promise<Usable> {
  const code = await refusal(path, use);
  if (code === null) return { kind: 'yes' };
  if (code !== 'ENOENT') return { kind: 'no', code };
  return { kind: 'absent', canBeMade: (await refusal(await nearest(path), 'write')) === null };
}

async function refusal(path: string, use: Use): Promise<string | null> {
  try {
    await access(path, MODES[use]);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

/** Where it is, or the first above it that is there. */
async function nearest(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found !== null || at === dirname(at)) return at;
  }
}

/** Of the disk on which it is, or would be made. */
export async function roomAt(path: string): Promise<{ bytes: number; files: number | null }> {
  const { bavail, bsize, files, ffree } = await statfs(await nearest(path));
  // Some disks make room for files as they come.
  return { bytes: bavail * bsize, files: files === 0 ? null : ffree };
}

/** As a shell finds it; null where there is none to be run. */
export async function programAt(name: string, path: string): Promise<string | null> {
  const places =
    isAbsolute(name) || name.includes('/')
      ? [name]
      : path.split(delimiter).map((one) => join(one, name));
  for (const place of places) {
    const isFile = (await stat(place).catch(() => null))?.isFile() === true;
    if (isFile && (await refusal(place, 'run')) === null) return place;
  }
  return null;
}
