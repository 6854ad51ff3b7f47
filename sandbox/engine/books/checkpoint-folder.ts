/**
 * Where checkpoints lie: a folder on disk, unless a simulation has one of its own.
 *
 * Invariant: a file is complete and durable before it has its name.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface CheckpointFolder {
  names(): string[];
  /** Resolves when it is durable. */
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

export function folderOnDisk(directory: string): CheckpointFolder {
  mkdirSync(directory, { recursive: true });
  return {
    names: () => readdirSync(directory),
    write: (name, text) => writeDurably(directory, name, text),
    remove: (name) => unlink(join(directory, name)),
  };
}

async function writeDurably(directory: string, name: string, text: string): Promise<void> {
  const temporary = join(directory, `${name}.tmp`);
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(directory, name));
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
