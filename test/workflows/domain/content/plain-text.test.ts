/** What was made Markdown is read again as it was written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { markdownBlock, markdownWords } from '../../../../workflows/domain/content/markdown.js';
import { plainText, plainWords } from '../../../../workflows/domain/content/plain-text.js';
import { printable } from '../../../../workflows/domain/content/printable.js';

test('words come back as they were', () => {
  const any = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('`', '\\', '*', '_', ' ', 'a', '://', '@', '#', '1.', '|'))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(any, (text) => {
      assert.equal(plainWords(markdownWords(text)), printable(text).trim());
    }),
    { numRuns: 2_000 },
  );
});

test('a block of code stays, without its fence; what is bold is read', () => {
  const json = JSON.stringify({ quoted: 'a "b" \\*', list: ['`'] }, null, 2);
  const markdown = `**Resume \\*now\\*?**\n- answer: \`relight approve x\`\n${markdownBlock('json', json)}\nend`;
  assert.equal(plainText(markdown), `Resume *now*?\n- answer: relight approve x\n${json}\nend`);
});
