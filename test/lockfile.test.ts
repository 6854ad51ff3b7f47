/**
 * npm 11 refuses a lockfile that lacks an optional package of a foreign platform, and writes such a
 * lockfile itself where the registry does not serve that platform's version. So each has an entry.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Locked {
  optionalDependencies?: Record<string, string>;
}

const LOCK = new URL('../package-lock.json', import.meta.url);

test('the lockfile names every optional package, so that npm ci works everywhere', () => {
  const { packages } = JSON.parse(readFileSync(LOCK, 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => {
        const hoisted = `node_modules/${name}`;
        return packages[hoisted] === undefined && packages[`${path}/${hoisted}`] === undefined;
      })
      .map(([name, range]) => `${name} ${range}`),
  );
  assert.deepEqual(missing, [], 'add entries with version, cpu, os and "optional": true for these');
});
