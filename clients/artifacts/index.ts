/**
 * Content-addressed artifacts in a folder: `<kind>/<sha256>`.
 *
 * Invariants: a file's name is the hash of its content and is verified on reading; writing is
 * atomic and idempotent; nothing is ever changed in place.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ArtifactStore } from '../../activities/ports.js';
import type { ArtifactRef } from '../../workflows/domain/artifact.js';
import { failure } from '../../workflows/failure.js';

export function createArtifactStore(folder: string): ArtifactStore {
  const pathOf = ({ kind, sha256 }: ArtifactRef) => join(folder, kind, sha256);

  async function putBytes(kind: string, content: Uint8Array): Promise<ArtifactRef> {
    const ref = { kind, sha256: hashOf(content), bytes: content.length };
    if (!(await exists(pathOf(ref)))) await writeAtomically(pathOf(ref), content);
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
  const file = await open(temporary, 'wx', 0o640);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
