/**
 * Content-addressed artifacts in a folder: `<kind>/<sha256>`.
 *
 * Invariants: a file's name is the hash of its content and is verified on reading; writing is
 * atomic and idempotent; nothing whole is ever changed in place.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ArtifactStore } from '../../activities/ports.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { failure } from '../../workflows/failure.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';

export function createArtifactStore(folder: string, files: Files = disk): ArtifactStore {
  const pathOf = ({ kind, sha256 }: ArtifactRef) => join(folder, kind, sha256);

  async function putBytes(kind: string, content: Uint8Array): Promise<ArtifactRef> {
    const ref = { kind, sha256: hashOf(content), bytes: content.length };
    // A damaged file does not count as stored: whoever makes the content again repairs it.
    const stored = await files.read(pathOf(ref)).catch(() => null);
    if (stored === null || hashOf(stored) !== ref.sha256) {
      await writeAtomically(pathOf(ref), content, files);
    }
    return ref;
  }

  async function getBytes(ref: ArtifactRef): Promise<Buffer> {
    const content = await files.read(pathOf(ref)).catch(() => null);
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

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
