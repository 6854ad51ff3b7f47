/**
 * The connections of a process to other machines, as its descriptors and its network namespace have them.
 *
 * Invariant: what may not be read is null, and never none.
 */
import { readFile } from 'node:fs/promises';
import { ESTABLISHED, socketsOf, tcpRowsIn } from './sockets.js';

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

/** Version 6 is not there on every machine. */
async function tableOf(pid: number, name: string): Promise<string> {
  return readFile(`/proc/${pid}/net/${name}`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

/** Inodes of established ones to somewhere else. */
export function outgoingIn(table: string): string[] {
  return tcpRowsIn(table).flatMap(({ state, remote, inode }) =>
    state === ESTABLISHED && !LOOPBACK.test(remote.split(':')[0] ?? '') ? [inode] : [],
  );
}
