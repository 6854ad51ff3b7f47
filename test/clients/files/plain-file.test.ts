/** Small files: read whole and bounded, and nothing is waited for, whoever reads them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readKey } from '../../../clients/cli/actions/keys.js';
import { NotPlain, readPlainFile } from '../../../clients/files/plain-file.js';
import { MessageKeyFault } from '../../../clients/temporal/messages/fault.js';
import { readPrivate } from '../../../clients/temporal/messages/key-files.js';
import { readRing } from '../../../clients/temporal/messages/key-ring.js';
import { folderOf } from '../host/processes.js';

const KEY = '07'.repeat(32);

const ODD: readonly [string, (path: string) => void][] = [
  ['a named pipe', (path) => void execFileSync('mkfifo', ['-m', '600', path])],
  ['a folder', (path) => mkdirSync(path, { mode: 0o700 })],
  ['a link to a device', (path) => symlinkSync('/dev/zero', path)],
  ['a file without end', (path) => writeFileSync(path, 'a'.repeat(2_000_000), { mode: 0o600 })],
  [
    'bytes that are no text',
    (path) => writeFileSync(path, Buffer.from([0xff, 0xfe]), { mode: 0o600 }),
  ],
];

const READERS: readonly [string, string, (path: string) => unknown, (error: unknown) => boolean][] =
  [
    [
      'a small file',
      'any',
      (path) => readPlainFile(path, 1_000),
      (error) => error instanceof NotPlain,
    ],
    ['a private key', 'control.key', readPrivate, (error) => error instanceof MessageKeyFault],
    ["an approver's key", 'me.key', readKey, (error) => (error as Error).name === 'KeyError'],
    [
      'the ring of keys',
      'ring.json',
      (path) => readRing(join(path, '..')),
      (error) => error instanceof MessageKeyFault,
    ],
  ];

for (const [what, name, read, isRefusal] of READERS) {
  describe(what, () => {
    for (const [odd, make] of ODD) {
      test(`is not ${odd}`, (t) => {
        const path = join(folderOf(t), name);
        make(path);
        assert.throws(() => read(path), isRefusal);
      });
    }
  });
}

test("a private file is this very file, and its owner's alone; an approver may link to one", (t) => {
  const folder = folderOf(t);
  const [kept, link] = [join(folder, 'kept'), join(folder, 'link')];
  writeFileSync(kept, `${KEY}\n`, { mode: 0o600 });
  symlinkSync(kept, link);
  assert.equal(readPrivate(kept), `${KEY}\n`);
  assert.throws(() => readPrivate(link), /ELOOP/);
  assert.equal(readPrivate(join(folder, 'none')), null);
  assert.equal(readKey(link), KEY);
  assert.throws(() => readPlainFile(link, 1_000, { links: 'refused' }), /ELOOP/);
  assert.equal(readPlainFile(link, 1_000).text, `${KEY}\n`);
  chmodSync(kept, 0o640);
  assert.throws(() => readPrivate(kept), /chmod 600/);
  assert.throws(() => readKey(link), /chmod 600/);
});
