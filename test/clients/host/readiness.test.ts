/** Looks at this machine: kernel settings that stand in files of a test, limits of real processes. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lookAtCoreLimit, lookAtCorePattern } from '../../../clients/host/readiness/cores.js';
import { programAt, roomAt, usable } from '../../../clients/host/readiness/folders.js';
import { lookAtKernelEvents } from '../../../clients/host/readiness/tools.js';
import { folderOf, run } from './processes.js';

test('core_pattern: read as the kernel has it, and unverified where it cannot be read', async (t) => {
  const folder = folderOf(t);
  const file = join(folder, 'core_pattern');
  const of = async (pattern: string) => {
    writeFileSync(file, `${pattern}\n`);
    const { verdict, found } = await lookAtCorePattern(
      { coreFolder: folder, workingFolder: join(folder, 'works') },
      file,
    );
    return `${verdict} ${found}`;
  };
  assert.match(await of('core'), /^warning cores are written where the engine works \("core"\)/);
  assert.match(
    await of('|/usr/bin/no-such-keeper %p'),
    /^warning cores are given to no-such-keeper/,
  );
  assert.match(
    await of(`${folder}/gone/core.%p`),
    /^warning cores are lost: .*\/gone, which is not/,
  );
  mkdirSync(join(folder, 'gone'));
  assert.match(await of(`${folder}/gone/core.%p`), /^ok cores are found/);
  assert.match(await of(''), /^warning kernel\.core_pattern is empty/);
  const unread = await lookAtCorePattern(
    { coreFolder: '/', workingFolder: '/' },
    join(folder, 'no'),
  );
  assert.equal(unread.verdict, 'unverified');
});

test('the limit of cores is that of the process', async (t) => {
  const none = await run(t, { command: ['sh', '-c', 'ulimit -c 0; exec sleep 600'] });
  assert.equal(lookAtCoreLimit(none.pid).found, `pid ${none.pid} writes no core (its limit)`);
  const any = await run(t);
  assert.equal(lookAtCoreLimit(any.pid).verdict, 'ok');
  assert.equal(lookAtCoreLimit(2 ** 22 + 1).verdict, 'unverified', 'nobody has that pid');
});

test('what is looked at is neither made nor run', async (t) => {
  const folder = folderOf(t);
  const gone = join(folder, 'a', 'b');
  assert.deepEqual(await usable(gone, 'write'), { kind: 'absent', canBeMade: true });
  assert.deepEqual(await usable('/dev/null/b', 'write'), { kind: 'no', code: 'ENOTDIR' });
  assert.deepEqual(await usable(folder, 'write'), { kind: 'yes' });
  assert.ok((await roomAt(gone)).bytes > 0);
  writeFileSync(join(folder, 'tool'), '#!/bin/sh\n');
  assert.equal(await programAt('tool', folder), null, 'it may not be run');
  chmodSync(join(folder, 'tool'), 0o755);
  assert.equal(await programAt('tool', `/nowhere:${folder}`), join(folder, 'tool'));
  assert.equal(await programAt(folder, ''), null, 'a folder is no program');
});

test('what the kernel tells of processes is told apart', async () => {
  // What is waited for holds no process open, as a command's own bound does.
  const bound = setTimeout(() => assert.fail('it did not end'), 30_000);
  const found = await lookAtKernelEvents();
  clearTimeout(bound);
  assert.equal(found.length, 2);
  for (const { verdict } of found) assert.match(verdict, /^(?:ok|warning)$/);
});
