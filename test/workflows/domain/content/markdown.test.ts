/** Text from outside in Markdown: it is read as it is, and means nothing there. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  markdownBlock,
  markdownCode,
  markdownLines,
  markdownWords,
} from '../../../../workflows/domain/content/markdown.js';
import { printable } from '../../../../workflows/domain/content/printable.js';

const WORDS: readonly [string, string, string][] = [
  ['a heading', '# Approved', String.raw`\# Approved`],
  ['a heading by a line below', '=====', String.raw`\=====`],
  ['a rule', '---', String.raw`\---`],
  ['a list', '- done', String.raw`\- done`],
  ['a list with a plus', '+ done', String.raw`\+ done`],
  ['a list by numbers', '1. done', String.raw`1\. done`],
  ['a list by numbers in brackets', '12) done', String.raw`12\) done`],
  ['a quotation', '> quoted', String.raw`\> quoted`],
  ['a bold verdict', '**safe** __safe__', String.raw`\*\*safe\*\* \_\_safe\_\_`],
  ['a struck verdict', '~~unsafe~~', String.raw`\~\~unsafe\~\~`],
  ['a link', '[look](x)', String.raw`\[look\](x)`],
  ['a link by its place', '[look](http://evil.test)', '`[look](http://evil.test)`'],
  ['an image', '![pixel](x)', String.raw`!\[pixel\](x)`],
  ['an address that links itself', 'see https://evil.test now', 'see `https://evil.test` now'],
  ['a name that links itself', 'see (www.evil.test)', 'see `(www.evil.test)`'],
  ['a mail', 'ask a@evil.test', 'ask `a@evil.test`'],
  ['two hyphens, of which readers make a dash', 'with --key FILE', 'with `--key` FILE'],
  ['code', '`ok`', String.raw`\`ok\``],
  ['a fence', '```json', String.raw`\`\`\`json`],
  ['a fence of another kind', '~~~', String.raw`\~\~\~`],
  ['a table', '| a | b |', String.raw`\| a \| b \|`],
  ['HTML', '<img src=x>', String.raw`\<img src=x\>`],
  ['a comment', '<!-- gone -->', String.raw`\<!-- gone --\>`],
  ['a character by its name', '&lt; &#35; a & b', String.raw`\&lt; \&\#35; a & b`],
  ['a formula', '$x$', String.raw`\$x\$`],
  ['an escape', String.raw`\# \\`, String.raw`\\\# \\\\`],
  ['a code by indentation', '    rm -rf', 'rm -rf'],
  ['lines', 'a\n# b', String.raw`a\\u000a\# b`],
  ['a change of direction', 'a\u202eb', String.raw`a\\u202eb`],
  [
    'nothing of these',
    'rl-1_a: 0.5 BTC/USD (was 3.2, engine_halted)!',
    'rl-1_a: 0.5 BTC/USD (was 3.2, engine_halted)!',
  ],
];

describe('words', () => {
  for (const [what, text, shown] of WORDS) {
    test(`of ${what}`, () => assert.equal(markdownWords(text), shown));
  }

  /** Written anew, without the code under test: what a reader of Markdown makes of an escaped line. */
  function read(line: string): { text: string; loose: string } {
    let text = '';
    let loose = '';
    for (let at = 0; at < line.length;) {
      if (line[at] === '\\') {
        text += line[at + 1];
        loose += 'x';
        at += 2;
      } else if (line[at] === '`') {
        const fence = /^`+/.exec(line.slice(at))?.[0] ?? '';
        const rest = line.slice(at + fence.length);
        const end = [...rest.matchAll(/`+/g)].find(([run]) => run === fence)?.index ?? -1;
        assert.notEqual(end, -1, `code that does not end: ${line}`);
        const inner = rest.slice(0, end);
        const padded = inner.startsWith(' ') && inner.endsWith(' ') && inner.trim() !== '';
        text += padded ? inner.slice(1, -1) : inner;
        loose += 'x';
        at += 2 * fence.length + end;
      } else {
        text += line[at];
        loose += line[at];
        at += 1;
      }
    }
    return { text, loose };
  }

  const marks = '` `` * _ [ ] ( ) ! # > < | ~ \\ & - + 1. a Ж http:// www. @ $ = ; 😀'.split(' ');
  const chunk = fc.constantFrom(...marks, ' ', '  ', '\n', '\t', '\u202e');
  const hostile = fc.oneof(
    fc.array(chunk, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );

  test('whatever they are, are read as they are and leave nothing that means something', () => {
    fc.assert(
      fc.property(hostile, (any) => {
        const drawn = markdownWords(any);
        assert.ok(!/[\n\r]/.test(drawn));
        const { text, loose } = read(drawn);
        assert.equal(text, printable(any).trim());
        assert.doesNotMatch(loose, /[*[\]<>|~#$`\\]|:\/\/|www\.|@/);
        assert.doesNotMatch(loose, /^(?:[-+=:]|\d+[.)]|\s)/);
        assert.doesNotMatch(loose, /(?<![a-z0-9_])_|_(?![a-z0-9_])/i);
      }),
      { numRuns: 5_000 },
    );
  });

  test('code and its blocks are ended by nothing that they hold', () => {
    fc.assert(
      fc.property(hostile, (any) => {
        const { text, loose } = read(markdownCode(any));
        assert.equal(loose, 'x');
        assert.equal(text.trim(), printable(any).trim());
        const block = markdownBlock('json', any).split('\n');
        const fence = block[0]?.replace('json', '') ?? '';
        assert.match(fence, /^`{3,}$/);
        assert.equal(
          block.findIndex(
            (line) => /^ {0,3}`{3,} *$/.test(line) && line.trim().length >= fence.length,
          ),
          block.length - 1,
        );
      }),
      { numRuns: 5_000 },
    );
  });

  test('of several lines stay lines', () => {
    assert.equal(markdownLines('# a\n\n- b'), '\\# a\n\n\\- b');
  });
});
