/**
 * Content-addressed artifacts in a folder: `<kind>/<sha256>`.
 *
 * Invariants: a file's name is the hash of its content and is verified on reading; writing is
 * atomic and idempotent; nothing whole is ever changed in place.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArtifactStore } from '../../activities/ports.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { failure } from '../../workflows/failure.js';

export function createArtifactStore(folder: string): ArtifactStore {
  const pathOf = ({ kind, sha256 }: ArtifactRef) => join(folder, kind, sha256);

  async function putBytes(kind: string, content: Uint8Array): Promise<ArtifactRef> {
    const ref = { kind, sha256: hashOf(content), bytes: content.length };
    // A damaged file does not count as stored: whoever makes the content again repairs it.
    const stored = await readFile(pathOf(ref)).catch(() => null);
    if (stored === null || hashOf(stored) !== ref.sha256) {
      await writeAtomically(pathOf(ref), content);
    }
    return ref;
  }

  async function getBytes(ref: ArtifactRef): Promise<Buffer> {
    const content = await readFile(pathOf(ref)).catch(() => null);
    if (content === null)
      throw failure('ArtifactMissing', `${ref.kind} ${ref.sha256} is not stored`);
    if (hashOf(content) === ref.sha256) return content;
    throw failure('ArtifactMissing', `${ref.kind} ${ref.sha256} is damaged: its hash differs`);
  }

  return {
    putBytes,
    putJson: (kind, content) => putBytes(kind, Buffer.from(JSON.stringify(content))),
    getJson: async <T>(ref: ArtifactRef) => JSON.parse((await getBytes(ref)).toString()) as T,
  };
}

/** Temporary file, fsync, rename: a reader sees the old content or the new, never half of it. */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeSynced(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }); // on a full disk, each further try would leave one
    throw error;
  }
  await syncFolder(dirname(path));
}

async function writeSynced(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx', 0o640);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
