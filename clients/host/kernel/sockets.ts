/**
 * The sockets of a process by its descriptors, and the rows of the kernel's tables of TCP.
 *
 * Invariant: what may not be read fails with the codes of `node:fs`, and is never none.
 */
import { readdir, readlink } from 'node:fs/promises';

export const ESTABLISHED = '01';
export const LISTENS = '0A';

/** Addresses in the kernel's hexadecimal, with the port behind a colon. */
export interface TcpRow {
  local: string;
  remote: string;
  state: string;
  inode: string;
}

/** Inodes. A descriptor that is closed meanwhile is none. */
export async function socketsOf(pid: number | string): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  );
  return new Set(files.flatMap((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1] ?? []));
}

/** Of a text as `/proc/net/tcp` or `/proc/net/tcp6`. */
export function tcpRowsIn(table: string): TcpRow[] {
  const lines = table.split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
    return local === undefined || remote === undefined || !state || inode === undefined
      ? []
      : [{ local, remote, state, inode }];
  });
}
