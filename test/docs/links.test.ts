/** Links between the documents lead to files that are there. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENTS = ['.', 'docs'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** Of links to other files, without their anchors. */
function targetsOf(text: string): string[] {
  return [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, target]) => target ?? '');
}

test('every link of a document leads to a file', () => {
  assert.ok(DOCUMENTS.includes('README.md') && DOCUMENTS.includes(join('docs', 'limits.md')));
  const dead = DOCUMENTS.flatMap((path) =>
    targetsOf(readFileSync(join(ROOT, path), 'utf8'))
      .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
      .map((target) => `${path} links to ${target}`),
  );
  assert.deepEqual(dead, []);
});

test('links to pages, mails and places within a document are left alone', () => {
  const text = '[a](https://a.example) [b](mailto:b) [c](#d) [e](f.md#g) [h](i/j.yaml)';
  assert.deepEqual(targetsOf(text), ['f.md', 'i/j.yaml']);
});
