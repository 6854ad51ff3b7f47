/**
 * Where content lies, by name: what a folder and an S3 bucket have in common.
 *
 * Invariant: a store that could not be asked fails with `ArtifactsUnreachable`; only one that was
 * asked, and said so itself, has no such content.
 */
import { createHash } from 'node:crypto';
import { failure } from '../../workflows/failure.js';

/** What grows with the orders fits; what never ends does not. */
export const MOST_BYTES = 256 * 1024 * 1024;

export type Found =
  | { state: 'absent' }
  /** Its hash is for whoever asked. */
  | { state: 'there'; content: Buffer }
  /** No content of ours: above the bound, or no file. */
  | { state: 'strange' };

/** Names are folders, `/` between, and end with the hash of their content: all of one name is the same. */
export interface Blobs {
  /** For people, by the setting that chose it; without address and key. */
  title: string;
  /** No more than `mostBytes` are taken in. */
  read(name: string, mostBytes: number): Promise<Found>;
  /** Once: what is there whole stays as it is, and what is damaged there is replaced. */
  keep(name: string, content: Uint8Array): Promise<void>;
  /** What is not there is no failure. */
  remove(name: string): Promise<void>;
  /** Names below a folder, without the folder's own, in their order; at most `MOST_LISTED`, or `most`. */
  list(folder: string, most?: number): Promise<string[]>;
}

export const MOST_LISTED = 10_000;

export function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** `why`: the rest of a sentence that begins with the store; free of addresses and secrets. */
export function unreachable(title: string, why: string) {
  return failure('ArtifactsUnreachable', `the artifact store (${title}) ${why}`);
}
