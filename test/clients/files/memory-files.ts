/**
 * A disk that loses power: content is lost unless it was synced, a new or renamed name unless its
 * folder was. As strict as POSIX allows; real file systems keep more.
 */
import { dirname } from 'node:path';
import type { Files } from '../../../clients/files/files.js';

interface Inode {
  content: Buffer;
  synced: Buffer;
}

class PowerFailure extends Error {}

export interface MemoryFiles extends Files {
  /** After so many more operations, all of them fail until `restart`. */
  failAfter(operations: number): void;
  /** The power is back: what was not on the disk is gone. */
  restart(): void;
  paths(): string[];
}

export function createMemoryFiles(): MemoryFiles {
  let names = new Map<string, Inode>();
  let syncedNames = new Map<string, Inode>();
  let left = Number.POSITIVE_INFINITY;
  /** A failing write may have written something already. */
  function step(path: string, half?: () => void): void {
    left -= 1;
    if (left >= 0) return;
    if (left === -1) half?.();
    throw new PowerFailure(path);
  }
  return {
    failAfter: (operations) => (left = operations),
    restart() {
      left = Number.POSITIVE_INFINITY;
      names = new Map(
        [...syncedNames].map(([path, { synced }]) => [path, { content: synced, synced }]),
      );
      syncedNames = new Map(names);
    },
    paths: () => [...names.keys()].sort(),
    async read(path) {
      step(path);
      return names.get(path)?.content ?? null;
    },
    async head(path, mostBytes) {
      step(path);
      return names.get(path)?.content.subarray(0, mostBytes) ?? null;
    },
    async list(folder) {
      step(folder);
      const inside = [...names.keys()].filter((path) => dirname(path) === folder);
      return inside.map((path) => path.slice(folder.length + 1));
    },
    async makeFolder(folder) {
      step(folder);
    },
    async write(path, content, { synced }) {
      const whole = Buffer.from(content as string);
      const half = whole.subarray(0, whole.length / 2);
      const empty = Buffer.alloc(0);
      step(path, () => names.set(path, { content: half, synced: empty }));
      names.set(path, { content: whole, synced: synced ? whole : empty });
    },
    async rename(from, to) {
      step(from);
      const inode = names.get(from);
      if (inode === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
      names.delete(from);
      names.set(to, inode);
    },
    async remove(path) {
      step(path);
      names.delete(path);
    },
    async syncFolder(folder) {
      step(folder);
      for (const path of syncedNames.keys()) if (dirname(path) === folder) syncedNames.delete(path);
      for (const [path, inode] of names) {
        if (dirname(path) === folder) syncedNames.set(path, inode);
      }
    },
  };
}
