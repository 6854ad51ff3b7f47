/**
 * Content-addressed artifacts: `<kind>/<sha256>`, in a folder or a bucket.
 *
 * Invariants: an artifact's name is the hash of its content and is verified on reading, before anything
 * is parsed; putting is idempotent; nothing whole is ever changed in place; what is read back is
 * checked by the schema of the kind that was asked for, and given back as it was stored: fields of
 * a later version stay, so that putting it again makes the same artifact.
 */
import type { ArtifactStore } from '../../activities/ports.js';
import {
  ARTIFACTS,
  type ArtifactKind,
  type ArtifactOf,
} from '../../workflows/domain/artifact-kinds.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { plain } from '../../workflows/domain/content/plain.js';
import { failure } from '../../workflows/failure.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import type { Blobs } from './blobs.js';
import { getBytes, jsonIn, putBytes } from './bytes.js';
import { createFolderBlobs } from './folder.js';

const LONGEST_FAULT = 200;

/** In a folder of this host's own. */
export function createArtifactStore(folder: string, files: Files = disk): ArtifactStore {
  return createStoreOver(createFolderBlobs(folder, { files, isShared: false }));
}

export function createStoreOver(blobs: Blobs): ArtifactStore {
  return {
    put: async (kind, content) => putBytes(blobs, kind, Buffer.from(JSON.stringify(content))),
    get: async (kind, ref) => {
      requireKind(kind, ref);
      return checked(kind, ref, await getBytes(blobs, ref));
    },
  };
}

function requireKind(kind: ArtifactKind, ref: ArtifactRef): void {
  if (ref.kind === kind) return;
  const named = plain(`${ref.kind} ${ref.sha256}`, LONGEST_FAULT);
  throw failure('ArtifactInvalid', `${named} is no ${kind}, which was asked for`);
}

function checked<Kind extends ArtifactKind>(
  kind: Kind,
  ref: ArtifactRef,
  content: Buffer,
): ArtifactOf<Kind> {
  const stored = jsonIn(content);
  const told = ARTIFACTS[kind].safeParse(stored);
  if (told.success) return stored as ArtifactOf<Kind>;
  const [fault] = told.error.issues;
  const where = fault?.path.join('.') ?? '';
  const why = plain(`${where === '' ? '' : `${where}: `}${fault?.message ?? ''}`, LONGEST_FAULT);
  throw failure('ArtifactInvalid', `${kind} ${ref.sha256} is not what it should be: ${why}`);
}
