/**
 * What is on a disk after its power was cut: what was synced, and of the rest whatever POSIX allows.
 *
 * Invariants: a name that was not synced is there or not, whatever was changed before and after it, but one call's
 * names together; content that was not synced is, sector by sector, what it was, what it became at any time, or
 * zeros, of any length between; what is given back is on the disk, and nothing else is.
 */
import type { Random } from '../time/random.js';
import {
  applyNames,
  emptyFolder,
  type FileInode,
  type FolderInode,
  type Inode,
  type NameChange,
} from './inodes.js';

export const SECTOR = 512;

/**
 * `names`: every name and no content, as a file system that writes names first leaves it. `content`: the other way
 * round. `chance`: each for itself.
 */
export const LEAVES = ['nothing', 'names', 'content', 'everything', 'chance', 'chance'] as const;
export type Leaves = (typeof LEAVES)[number];

export function survivors(
  root: FolderInode,
  changes: readonly NameChange[],
  leaves: Leaves,
  random: Random,
): FolderInode {
  const isKept = {
    nothing: () => false,
    names: () => true,
    content: () => false,
    everything: () => true,
    chance: () => random.next() < 0.5,
  }[leaves];
  for (const change of changes) if (isKept()) applyNames(change, 'onDisk');
  const seen = new Map<Inode, Inode>();
  return copyOf(root, (file) => contentLeft(file, leaves, random), seen);
}

function copyOf(
  folder: FolderInode,
  contentOf: (file: FileInode) => Buffer,
  seen: Map<Inode, Inode>,
): FolderInode {
  const copy = emptyFolder();
  seen.set(folder, copy);
  for (const [name, inode] of folder.onDisk) {
    const left = seen.get(inode) ?? copyOfOne(inode, contentOf, seen);
    copy.names.set(name, left);
    copy.onDisk.set(name, left);
  }
  return copy;
}

function copyOfOne(
  inode: Inode,
  contentOf: (file: FileInode) => Buffer,
  seen: Map<Inode, Inode>,
): Inode {
  if (inode.kind === 'folder') return copyOf(inode, contentOf, seen);
  const content = contentOf(inode);
  const left: FileInode = { ...inode, content, onDisk: content, unsynced: [] };
  seen.set(inode, left);
  return left;
}

function contentLeft({ onDisk, unsynced, content }: FileInode, leaves: Leaves, random: Random) {
  if (unsynced.length === 0 || leaves === 'nothing') return onDisk;
  if (leaves === 'content' || leaves === 'everything') return content;
  const states = [onDisk, ...unsynced];
  // What nothing has cut off since it was synced is not touched by what was added to it.
  const kept = onDisk.subarray(0, Math.min(...states.map(({ length }) => length)));
  const left = leaves === 'names' ? zeros([kept, content], random) : torn(states, random);
  return Buffer.concat([kept, left.subarray(kept.length)]);
}

function zeros(lengths: readonly Buffer[], random: Random): Buffer {
  return Buffer.alloc(random.of(lengths).length);
}

function torn(states: readonly Buffer[], random: Random): Buffer {
  const longest = Math.max(...states.map(({ length }) => length));
  const inSectors = random.between(0, Math.ceil(longest / SECTOR)) * SECTOR;
  const length = random.of([...states.map((state) => state.length), Math.min(inSectors, longest)]);
  const left = Buffer.alloc(length);
  for (let from = 0; from < length; from += SECTOR) {
    const source = random.of([Buffer.alloc(0), ...states]);
    source.subarray(from, Math.min(from + SECTOR, length)).copy(left, from);
  }
  return left;
}
