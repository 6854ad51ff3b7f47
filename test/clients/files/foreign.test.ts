/** Files that somebody else may replace by anything: what is no plain file of its place is refused, at once. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lchownSync,
  linkSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ForeignRefused, readForeign, withForeign } from '../../../clients/files/foreign.js';
import { whyNotRoot } from '../../needs.js';
import { folderOf } from '../host/processes.js';

const STRANGER = 65_534;
const MOST = 1_000;

const refusal = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ForeignRefused, String(error));
  assert.match(error.message, pattern);
  return true;
};

test('what is no regular file is refused, and a pipe without a writer is not waited for', async (t) => {
  const folder = folderOf(t);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const path of [pipe, folder, '/dev/zero', '/dev/null']) {
    await assert.rejects(readForeign(path, MOST), refusal(/no regular file/), path);
  }
  assert.equal(await readForeign(join(folder, 'absent'), MOST), null);
});

test('a link is refused, and one above the file is followed where it is ours', async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'secret'), 'of another');
  symlinkSync(join(folder, 'secret'), join(folder, 'log'));
  await assert.rejects(readForeign(join(folder, 'log'), MOST), refusal(/symbolic link/));
  mkdirSync(join(folder, 'real'));
  symlinkSync('./real', join(folder, 'near'));
  symlinkSync(join(folder, 'near'), join(folder, 'far'));
  writeFileSync(join(folder, 'real', 'log'), 'words');
  const found = await readForeign(join(folder, 'far', '..', 'far', 'log'), MOST);
  assert.equal(found?.toString(), 'words');
});

test('a link of another user on the way is refused', { skip: whyNotRoot() }, async (t) => {
  const folder = folderOf(t);
  const real = join(folder, 'real');
  mkdirSync(real);
  writeFileSync(join(real, 'log'), 'not for everybody');
  symlinkSync(real, join(folder, 'way'));
  lchownSync(join(folder, 'way'), STRANGER, STRANGER);
  const path = join(folder, 'way', 'log');
  await assert.rejects(readForeign(path, MOST), refusal(/link of another user/));
  // Nothing of such a record is shown to anybody.
  assert.ok((await readForeign(path, MOST, { anyFolder: true })) !== null);
});

test('other names are refused where that is asked for', async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'core');
  writeFileSync(path, 'memory');
  assert.ok((await readForeign(path, MOST, { soleName: true })) !== null);
  linkSync(path, join(folder, 'other'));
  await assert.rejects(readForeign(path, MOST, { soleName: true }), refusal(/another name/));
});

test('what is large is refused', async (t) => {
  const path = join(folderOf(t), 'log');
  writeFileSync(path, '');
  truncateSync(path, 200 * 1024 * 1024);
  await assert.rejects(readForeign(path, MOST), refusal(/more than 1000 bytes/));
});

test('what is read is what was opened, whatever takes its name', async (t) => {
  const folder = folderOf(t);
  const path = join(folder, 'core');
  writeFileSync(path, 'the first');
  await withForeign(path, {}, async ({ file }) => {
    renameSync(path, join(folder, 'away'));
    symlinkSync('/etc/passwd', path);
    assert.equal((await file.readFile()).toString(), 'the first');
    await file.chmod(0o600);
  });
});
