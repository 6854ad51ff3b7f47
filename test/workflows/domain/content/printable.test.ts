/** Text from outside on a terminal: what would be obeyed, or not be seen, is written out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { printable, printableLines } from '../../../../workflows/domain/content/printable.js';

for (const [given, shown] of [
  ['\u001b[2K\u001b[1A safe', '\\u001b[2K\\u001b[1A safe'],
  ['a\rb', 'a\\u000db'],
  ['a\nb', 'a\\u000ab'],
  ['\u009b2K', '\\u009b2K'],
  ['\u007f', '\\u007f'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
  ['a\u200bb', 'a\\u200bb'],
  ['a\u2028b', 'a\\u2028b'],
  ['\ud800', '\\ud800'],
  ['\u{e0041}', '\\udb40\\udc41'],
  ['plain, Ünïcode, 梅, 👩‍💻', 'plain, Ünïcode, 梅, 👩‍💻'],
] as const) {
  test(`${JSON.stringify(given)} is shown as ${shown}`, () => {
    assert.equal(printable(given), shown);
  });
}

test('a text of ours keeps its line breaks, and a JSON text its meaning', () => {
  assert.equal(printableLines('a\nb\u001b'), 'a\nb\\u001b');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = printableLines(JSON.stringify({ text }, null, 2));
      assert.deepEqual(JSON.parse(shown), { text });
      assert.doesNotMatch(shown.replaceAll('\n', ''), /[\p{Cc}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 500, seed: 20_261_126 },
  );
});
