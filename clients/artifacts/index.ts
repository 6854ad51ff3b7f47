/**
 * Content-addressed artifacts in a folder: `<kind>/<sha256>`.
 *
 * Invariants: a file's name is the hash of its content and is verified on reading; writing is
 * atomic and idempotent; nothing whole is ever changed in place; what is read back is
 * parsed by the schema of the kind that was asked for.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ArtifactStore } from '../../activities/ports.js';
import {
  ARTIFACTS,
  type ArtifactKind,
  type ArtifactOf,
} from '../../workflows/domain/artifact-kinds.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { failure } from '../../workflows/failure.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';

const LONGEST_FAULT = 200;

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
    put: (kind, content) => putBytes(kind, Buffer.from(JSON.stringify(content))),
    get: async (kind, ref) => parsed(kind, ref, await getBytes(ref)),
  };
}

function parsed<Kind extends ArtifactKind>(
  kind: Kind,
  ref: ArtifactRef,
  content: Buffer,
): ArtifactOf<Kind> {
  if (ref.kind !== kind) {
    throw failure(
      'ArtifactInvalid',
      `${ref.kind} ${ref.sha256} is no ${kind}, which was asked for`,
    );
  }
  const told = ARTIFACTS[kind].safeParse(jsonIn(content));
  if (told.success) return told.data as ArtifactOf<Kind>;
  const [fault] = told.error.issues;
  const where = fault?.path.join('.') ?? '';
  const why = `${where === '' ? '' : `${where}: `}${fault?.message ?? ''}`.slice(0, LONGEST_FAULT);
  throw failure('ArtifactInvalid', `${kind} ${ref.sha256} is not what it should be: ${why}`);
}

/** Undefined, which fits no kind, where it is no JSON. */
function jsonIn(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return undefined;
  }
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
