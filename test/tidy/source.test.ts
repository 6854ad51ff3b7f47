/** What counts as an import, and of which kind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listImports } from './source.js';

test('tells type imports from value imports', () => {
  const text = "import type { A } from './a.js';\nimport { b } from './b.js';\nimport './c.js';\n";
  assert.deepEqual(listImports({ path: 'clients/x.ts', text }), [
    { target: 'clients/a', typeOnly: true },
    { target: 'clients/b', typeOnly: false },
    { target: 'clients/c', typeOnly: false },
  ]);
});
