/** The index of a crash's evidence: each file by size and hash, no link followed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { evidenceFiles } from '../../../../clients/host/forensics/listing.js';
import { folderOf } from '../processes.js';

test('files are named with size and hash; links, folders and the hash of a core are not', async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'b.log'), 'line\n');
  writeFileSync(join(folder, 'a.core'), '');
  truncateSync(join(folder, 'a.core'), 64 * 1024 * 1024 + 1);
  symlinkSync('/etc/passwd', join(folder, 'c.link'));
  mkdirSync(join(folder, 'd'));
  const sha256 = createHash('sha256').update('line\n').digest('hex');
  assert.deepEqual(await evidenceFiles(folder), [
    { name: 'a.core', bytes: 64 * 1024 * 1024 + 1, sha256: null },
    { name: 'b.log', bytes: 5, sha256 },
  ]);
});
