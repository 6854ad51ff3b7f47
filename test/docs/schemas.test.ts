/** The published schemas are those of the code, and the example configurations are valid. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../workers/config/load.js';
import { PUBLISHED, schemaText } from './publish-schemas.js';

const docs = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

for (const [name, published] of Object.entries(PUBLISHED)) {
  test(`${name} is up to date (npm run schema)`, () => {
    assert.equal(readFileSync(docs(name), 'utf8'), schemaText(published));
  });
}

test('docs/example.relight.yaml is a valid configuration', () => {
  const config = loadConfig(docs('example.relight.yaml'));
  assert.deepEqual(Object.keys(config.engines), ['alpha']);
});
