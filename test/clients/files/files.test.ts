/** Whole or not at all. What a power failure leaves is tried in test/sim/files. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { writeAtomically } from '../../../clients/files/atomic.js';
import { disk } from '../../../clients/files/disk.js';
import { fileNameOf, incidentFolderName } from '../../../clients/files/names.js';
import { folderOf } from '../host/processes.js';

test('a write that fails leaves the old content and no temporary file', async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'file');
  await writeAtomically(path, 'old');
  const broken = { toString: () => 'no content' } as unknown as string;
  await assert.rejects(writeAtomically(path, broken));
  assert.equal(readFileSync(path, 'utf8'), 'old');
  assert.deepEqual(readdirSync(folder), ['file']);
});

test('what is not there is read as nothing, anything else is a failure', async (t) => {
  const folder = folderOf(t);
  assert.equal(await disk.read(join(folder, 'absent')), null);
  assert.deepEqual(await disk.list(join(folder, 'absent')), []);
  await disk.remove(join(folder, 'absent'));
  await writeAtomically(join(folder, 'file'), 'x');
  await assert.rejects(disk.read(join(folder, 'file', 'below')), { code: 'ENOTDIR' });
  await assert.rejects(disk.list(join(folder, 'file')), { code: 'ENOTDIR' });
});

test('what never ends, or is no file, is refused at once and never waited for', async (t) => {
  const folder = folderOf(t);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  await assert.rejects(disk.read(pipe), { code: 'EINVAL' });
  await assert.rejects(disk.read('/dev/zero'), { code: 'EINVAL' });
  await assert.rejects(disk.read(folder), { code: 'EINVAL' });
  const file = join(folder, 'file');
  for (const [size, largest] of [
    [0, 0],
    [9, 10],
    [10, 10],
  ] as const) {
    writeFileSync(file, 'x'.repeat(size));
    assert.equal((await disk.read(file, largest))?.length, size);
  }
  writeFileSync(file, 'x'.repeat(11));
  await assert.rejects(disk.read(file, 10), { code: 'EFBIG' });
  truncateSync(file, 2 ** 40); // a terabyte that takes no room
  await assert.rejects(disk.read(file), { code: 'EFBIG' });
});

test('a name is one file name, and one for each id', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      assert.doesNotMatch(fileNameOf(a), /[/\0]/);
      assert.equal(fileNameOf(a) === fileNameOf(b), a === b);
    }),
  );
});

test('two incidents have two folders, whatever is in their names', () => {
  const part = fc.string({ unit: fc.constantFrom('a', '-', 'b', '.', '%'), minLength: 1 });
  fc.assert(
    fc.property(part, part, part, part, (a, b, c, d) => {
      const [one, other] = [`${a}/${b}`, `${c}/${d}`];
      assert.doesNotMatch(incidentFolderName(one), /[/\0]/);
      assert.equal(incidentFolderName(one) === incidentFolderName(other), one === other);
    }),
  );
  assert.notEqual(incidentFolderName('a/b--c'), incidentFolderName('a--b/c'));
  assert.equal(incidentFolderName('desk/desk-e1'), 'desk--desk-e1');
});

test('what cannot be written says where, on which machine and what helps, and keeps its code', async () => {
  const said = async (path: string) =>
    disk.write(path, 'x', { mode: 0o600, synced: false }).then(
      () => 'written',
      (error: NodeJS.ErrnoException) => [error.code, error.message],
    );
  assert.deepEqual(await said('/dev/full'), [
    'ENOSPC',
    `/dev on ${hostname()} cannot be written (ENOSPC: no space left on device, write): free room on that disk`,
  ]);
  // Where nothing can be made, by root either.
  const [code, message] = await said('/sys/kernel/relight-test');
  assert.match(
    `${code}: ${message}`,
    /^(?:EACCES|EPERM|EROFS): \/sys\/kernel on .* cannot be written \(/,
  );
});
