/**
 * The files of one crash's evidence, by size and hash, for an index that other hosts can read.
 *
 * Invariants: no link is followed; a file that is large, as cores are, is named without its hash, so
 * that no recovery waits for it.
 */
import { createHash } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { EvidenceFile } from '../../../workflows/domain/crash/evidence-index.js';
import { withForeign } from '../../files/foreign.js';

const LARGEST_HASHED = 64 * 1024 * 1024;
const MOST_FILES = 1_000;

/** By name; fails as `node:fs` does. */
export async function evidenceFiles(folder: string): Promise<EvidenceFile[]> {
  const names = (await readdir(folder)).toSorted().slice(0, MOST_FILES);
  const files: EvidenceFile[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const found = await lstat(path);
    if (!found.isFile()) continue;
    const sha256 = found.size > LARGEST_HASHED ? null : await hashOfFile(path);
    files.push({ name, bytes: found.size, sha256 });
  }
  return files;
}

async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await withForeign(path, {}, ({ file }) =>
    pipeline(file.createReadStream({ autoClose: false }), hash),
  );
  return hash.digest('hex');
}
