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

interface Node {
  type?: string;
  properties?: object;
  propertyNames?: object;
  additionalProperties?: unknown;
}

function objectsOf(node: unknown, path: string): [path: string, node: Node][] {
  if (typeof node !== 'object' || node === null) return [];
  const own: [string, Node][] = (node as Node).type === 'object' ? [[path, node]] : [];
  return [
    ...own,
    ...Object.entries(node).flatMap(([key, child]) => objectsOf(child, `${path}/${key}`)),
  ];
}

test('the published schema of the configuration refuses what it does not name, at every object', () => {
  const objects = objectsOf(JSON.parse(readFileSync(docs('config.schema.json'), 'utf8')), '#');
  assert.ok(objects.length > 40, `${objects.length} objects`);
  for (const [path, { properties, propertyNames, additionalProperties }] of objects) {
    const named = properties !== undefined;
    assert.equal(named, propertyNames === undefined, `${path} has settings, or names`);
    if (named) assert.equal(additionalProperties, false, `${path} takes anything`);
    else assert.equal(typeof additionalProperties, 'object', `${path} takes anything`);
  }
});
