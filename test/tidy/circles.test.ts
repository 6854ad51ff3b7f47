/** Shows that circles of imports are found, types and rooms included, and what is none is left alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCircles, findCirclesOfRooms } from './circles.js';

/** Files by path, each with the specifiers that it imports. */
function tree(files: Record<string, string[]>, how = 'import type { A }') {
  return Object.entries(files).map(([path, specifiers]) => ({
    path,
    text: specifiers.map((specifier) => `${how} from '${specifier}';\n`).join(''),
  }));
}

test('finds two files that import types of each other', () => {
  const faults = findCircles(tree({ 'a/b.ts': ['./c.js'], 'a/c.ts': ['./b.js', './d.js'] }));
  assert.deepEqual(faults, ['these files import each other in a circle: a/b, a/c']);
});

test('finds values, re-exports, long circles and a file that imports itself', () => {
  const three = { 'a.ts': ['./b/c.js'], 'b/c.ts': ['../d.js'], 'd.ts': ['./a.js'] };
  for (const how of ['import { a }', 'export { a }', 'export *']) {
    assert.match(findCircles(tree(three, how)).join(), /: a, b\/c, d$/);
  }
  assert.match(findCircles(tree({ 'a.ts': ['./a.js'] })).join(), /: a$/);
});

test('tells two circles apart', () => {
  const pairs = { 'a.ts': ['./b.js'], 'b.ts': ['./a.js', './c.js'], 'c.ts': ['./d.js'] };
  assert.equal(findCircles(tree({ ...pairs, 'd.ts': ['./c.js'] })).length, 2);
});

test('allows two ways to one file', () => {
  const ways = { 'a.ts': ['./b.js', './c.js'], 'b.ts': ['./d.js'], 'c.ts': ['./d.js'], 'd.ts': [] };
  assert.deepEqual(findCircles(tree(ways)), []);
});

test('finds rooms in a circle although their files are in none', () => {
  const rooms = { 'x/a/1.ts': ['../b/1.js'], 'x/b/1.ts': [], 'x/b/2.ts': ['../a/2.js', './1.js'] };
  const sources = tree({ ...rooms, 'x/a/2.ts': [] });
  assert.deepEqual(findCircles(sources), []);
  assert.match(findCirclesOfRooms(sources, 'x/').join(), /these folders .*: x\/a, x\/b$/);
  assert.deepEqual(findCirclesOfRooms(sources, 'y/'), []);
});
