/**
 * Content under its own hash: what is believed of what a store gives back.
 *
 * Invariant: content whose hash differs is never returned, whatever its size or its store.
 */
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { failure } from '../../workflows/failure.js';
import { hashOf, MOST_BYTES, type Blobs } from './blobs.js';

export async function putBytes(
  blobs: Blobs,
  kind: string,
  content: Uint8Array,
): Promise<ArtifactRef> {
  if (content.length > MOST_BYTES) {
    throw failure(
      'ArtifactInvalid',
      `${kind} of ${content.length} bytes: at most ${MOST_BYTES} fit`,
    );
  }
  const ref = { kind, sha256: hashOf(content), bytes: content.length };
  await blobs.keep(nameOf(ref), content);
  return ref;
}

export async function getBytes(blobs: Blobs, ref: ArtifactRef): Promise<Buffer> {
  const read = () => blobs.read(nameOf(ref), Math.min(ref.bytes, MOST_BYTES));
  let found = await read();
  // Half of it may be all that came through; asked once more, it is what is there.
  if (found.state === 'there' && found.content.length < ref.bytes) found = await read();
  if (found.state === 'absent') {
    throw failure('ArtifactMissing', `${ref.kind} ${ref.sha256} is not stored`);
  }
  if (found.state === 'there' && hashOf(found.content) === ref.sha256) return found.content;
  throw failure('ArtifactMissing', `${ref.kind} ${ref.sha256} is damaged: its hash differs`);
}

function nameOf({ kind, sha256 }: ArtifactRef): string {
  return `${kind}/${sha256}`;
}

/** Undefined, which fits no kind, where it is no JSON. */
export function jsonIn(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return undefined;
  }
}
