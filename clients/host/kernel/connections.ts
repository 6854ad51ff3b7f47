/**
 * The connections of a process to other machines, as its descriptors and its network namespace have them.
 *
 * Invariant: what may not be read is null, and never none.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';

const ESTABLISHED = '01';
/** 127.0.0.0/8 and ::1, as the kernel writes them on a little-endian machine; mapped ones too. */
const LOOPBACK = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;

export async function connectionsOf(pid: number): Promise<number | null> {
  try {
    const inodes = await socketsOf(pid);
    if (inodes.size === 0) return 0;
    const tables = await Promise.all(['tcp', 'tcp6'].map((name) => tableOf(pid, name)));
    return tables.flatMap(outgoingIn).filter((inode) => inodes.has(inode)).length;
  } catch {
    return null;
  }
}

/** Their inodes. */
async function socketsOf(pid: number): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  );
  return new Set(files.flatMap((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1] ?? []));
}

/** Version 6 is not there on every machine. */
async function tableOf(pid: number, name: string): Promise<string> {
  return readFile(`/proc/${pid}/net/${name}`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

/** Inodes of established ones to somewhere else. */
export function outgoingIn(table: string): string[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, , remote = '', state, , , , , , inode] = line.trim().split(/\s+/);
      const isElsewhere = state === ESTABLISHED && !LOOPBACK.test(remote.split(':')[0] ?? '');
      return isElsewhere && inode !== undefined ? [inode] : [];
    });
}
