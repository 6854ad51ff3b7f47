/** The calls of `Files` on a simulated disk, with the codes of `node:fs`, each in the steps in which it may be cut off. */
import { basename, dirname, resolve } from 'node:path';
import type { Files, WriteOptions } from '../../../clients/files/files.js';
import { changeContent, emptyFile, emptyFolder, syncContent } from './inodes.js';
import type { FileInode, FolderInode, Inode } from './inodes.js';
import { SECTOR } from './survivors.js';
import { changeNames, syncNames, type Machine } from './machine.js';

const LARGEST_FILE = 256 * 1024 * 1024;

type Step = (what: string) => Promise<void>;

export function callsOn(machine: Machine, step: Step): Files {
  const at = (path: string) => inodeAt(machine.root, path);
  return {
    async read(path, largestBytes = LARGEST_FILE) {
      await step(`read ${path}`);
      const found = at(path);
      if (found === null) return null;
      if (found.kind === 'folder') throw failed('EINVAL', path);
      if (found.content.length > largestBytes) throw failed('EFBIG', path);
      return Buffer.from(found.content);
    },
    async head(path, mostBytes) {
      await step(`head ${path}`);
      const found = at(path);
      return found?.kind === 'file' ? Buffer.from(found.content.subarray(0, mostBytes)) : null;
    },
    async list(folder) {
      await step(`list ${folder}`);
      const found = at(folder);
      if (found?.kind === 'file') throw failed('ENOTDIR', folder);
      return found === null ? [] : [...found.names.keys()];
    },
    async changedAtMs(path) {
      await step(`stat ${path}`);
      const found = at(path);
      return found === null ? null : found.kind === 'file' ? found.changedAtMs : 0;
    },
    makeFolder: (folder) => makeFolder(machine, step, folder),
    write: (path, content, options) => write(machine, step, path, { content, ...options }),
    append: (path, content) => append(machine, step, path, content),
    rename: (from, to) => rename(machine, step, from, to),
    async remove(path) {
      await step(`remove ${path}`);
      const inode = at(path);
      if (inode === null) return;
      if (inode.kind === 'folder') throw failed('ERR_FS_EISDIR', path);
      changeNames(machine, [{ ...placeOf(machine.root, path), inode: null }]);
    },
    async syncFolder(folder) {
      await step(`sync ${folder}`);
      const found = at(folder);
      if (found === null) throw failed('ENOENT', folder);
      if (found.kind === 'folder') syncNames(machine, found);
      else syncContent(found);
    },
  };
}

async function makeFolder(machine: Machine, step: Step, path: string): Promise<void> {
  await step(`make ${path}`);
  const found = inodeAt(machine.root, path);
  if (found?.kind === 'folder') return;
  if (found !== null) throw failed('EEXIST', path);
  changeNames(machine, [{ ...placeOf(machine.root, path), inode: emptyFolder() }]);
}

interface Writing extends WriteOptions {
  content: Uint8Array | string;
}

async function write(machine: Machine, step: Step, path: string, writing: Writing): Promise<void> {
  const { content, synced, exclusive = false } = writing;
  await step(`open ${path}`);
  if (exclusive && inodeAt(machine.root, path) !== null) throw failed('EEXIST', path);
  const file = fileToChange(machine, path);
  if (file.content.length > 0) change(machine, file, Buffer.alloc(0));
  await fill(machine, step, path, { file, whole: bytesOf(content), from: 0 });
  if (!synced) return;
  await step(`fsync ${path}`);
  syncContent(file);
}

async function append(machine: Machine, step: Step, path: string, text: string): Promise<void> {
  await step(`open ${path}`);
  const file = fileToChange(machine, path);
  const whole = Buffer.concat([file.content, bytesOf(text)]);
  await fill(machine, step, path, { file, whole, from: file.content.length });
  await step(`fsync ${path}`);
  syncContent(file);
}

/** A process may be killed half-way, and half of it is there then; of less than a sector there is no half. */
async function fill(
  machine: Machine,
  step: Step,
  path: string,
  { file, whole, from }: { file: FileInode; whole: Buffer; from: number },
): Promise<void> {
  const added = whole.length - from;
  const lengths = added > SECTOR ? [from + Math.floor(added / 2), whole.length] : [whole.length];
  for (const length of lengths) {
    await step(`write ${length} bytes of ${path}`);
    change(machine, file, whole.subarray(0, length));
  }
}

async function rename(machine: Machine, step: Step, from: string, to: string): Promise<void> {
  await step(`rename ${from} ${to}`);
  const inode = inodeAt(machine.root, from);
  if (inode === null) throw failed('ENOENT', from);
  const there = inodeAt(machine.root, to);
  if (inode === there) return;
  if (from.startsWith(`${to}/`)) throw failed('ENOTEMPTY', to);
  if (inode.kind === 'file' && there?.kind === 'folder') throw failed('EISDIR', to);
  if (inode.kind === 'folder' && there?.kind === 'file') throw failed('ENOTDIR', to);
  changeNames(machine, [
    { ...placeOf(machine.root, from), inode: null },
    { ...placeOf(machine.root, to), inode },
  ]);
}

function change({ nowMs }: Machine, file: FileInode, content: Buffer): void {
  changeContent(file, content, nowMs());
}

function fileToChange(machine: Machine, path: string): FileInode {
  const found = inodeAt(machine.root, path);
  if (found?.kind === 'folder') throw failed('EISDIR', path);
  if (found !== null) return found;
  const file = emptyFile();
  changeNames(machine, [{ ...placeOf(machine.root, path), inode: file }]);
  return file;
}

/** Null where there is none; fails with ENOTDIR where it would lie in a file. */
export function inodeAt(root: FolderInode, path: string): Inode | null {
  let inode: Inode = root;
  for (const name of resolve(path).split('/').slice(1)) {
    if (name === '') continue;
    if (inode.kind === 'file') throw failed('ENOTDIR', path);
    const next = inode.names.get(name);
    if (next === undefined) return null;
    inode = next;
  }
  return inode;
}

function placeOf(root: FolderInode, path: string): { folder: FolderInode; name: string } {
  const folder = inodeAt(root, dirname(path));
  if (folder === null) throw failed('ENOENT', path);
  if (folder.kind === 'file') throw failed('ENOTDIR', path);
  return { folder, name: basename(path) };
}

function bytesOf(content: Uint8Array | string): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
}

function failed(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
