/** What tests skip for is what CI installs: neither list may forget the other. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PROGRAMS } from './needs.js';

test('CI installs each program that a test skips for', () => {
  const script = readFileSync(new URL('../.ci/run', import.meta.url), 'utf8');
  const installed = [...script.matchAll(/^ {2}'([^|']+)\|[^|]+\|[^|]+'$/gm)].map(
    ([, name]) => name,
  );
  assert.deepEqual(
    Object.keys(PROGRAMS).filter((program) => !installed.includes(program)),
    [],
  );
});
