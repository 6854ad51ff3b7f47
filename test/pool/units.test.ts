/** Every test file is run once, and those that share a process may. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LONGEST, mayShare, testOf, unitsOf } from './units.js';

const TESTS = join(import.meta.dirname, '..');
const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('test', name))
  .sort();
const units = unitsOf(files, (file) => readFileSync(join(TESTS, '..', file), 'utf8'));

test('every file is in one unit', () => {
  assert.deepEqual(units.flatMap((unit) => unit.files).sort(), files);
});

test('those that take longest are there, and are begun first', () => {
  const first = units.slice(0, LONGEST.length);
  const named = LONGEST.map((name, at) => (first[at]?.name === name ? name : testOf(name)));
  assert.deepEqual(
    first.map(({ name }) => name),
    named,
  );
});

test('files of a room share a process, unless something in them belongs to a whole process', () => {
  const [first = '', second = '', third = ''] = files.filter((file) =>
    file.startsWith(join('test', 'workflows', 'domain')),
  );
  const hook = 'afterEach(() => bench.clear());';
  const texts: Record<string, string> = { [third]: `import x;\n${hook}\n` };
  const sharing = unitsOf([first, second, third], (file) => texts[file] ?? '');
  assert.deepEqual(
    sharing.map((unit) => unit.files),
    [[first, second], [third]],
  );
});

test('what belongs to a whole process is seen', () => {
  const own = ['beforeEach(open);', 'test.afterEach(() => shut());', 'process.exit(1);'];
  const env = ["process.env['PATH'] = folder;", 'process.env.PATH = folder;'];
  for (const text of [...own, ...env, 'mock.timers.enable();'])
    assert.equal(mayShare(text), false, text);
  assert.equal(
    mayShare('after(async () => world.close());\nspawn(x, { env: process.env });'),
    true,
  );
});
