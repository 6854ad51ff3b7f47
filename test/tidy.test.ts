/** House rules that no linter knows, over the real tree; `tidy/` has the rules, and shows each to bite. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findFaults, findFaultsOfTree } from './tidy/faults.js';
import type { Source } from './tidy/source.js';
import { findMachinePaths } from './tidy/words.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = /^(?:workflows|activities|clients|workers|sandbox|test)\/.*\.m?ts$/;
const TEXT = /(?:\.(?:m?[jt]s|json|ya?ml|md|sh|toml|h|hpp|rs|conf|service)|Dockerfile)$/;

function readSources(pattern: RegExp): Source[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  return [...new Set(listed.split('\0'))]
    .filter((path) => pattern.test(path) && existsSync(ROOT + path))
    .map((path) => ({ path, text: readFileSync(ROOT + path, 'utf8') }));
}

const sources = readSources(SOURCE);

test('every source file keeps the house rules', () => {
  assert.ok(sources.length > 0, 'no source file was found');
  assert.deepEqual(sources.flatMap(findFaults), []);
});

test('the files together keep the house rules', () => {
  assert.deepEqual(findFaultsOfTree(sources), []);
});

test('no tracked text names a path of one machine', () => {
  assert.deepEqual(readSources(TEXT).flatMap(findMachinePaths), []);
});
