/** What leaves for a terminal, and what leaves where there is none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { pageOn, printLines, wrapped, type Line } from '../../../../clients/cli/screen.js';

function terminal(change: object = {}) {
  const out = { isTTY: true, columns: 80, rows: 24, hasColors: () => true, text: '', ...change };
  return { ...out, write: (text: string) => void (said.text += text) };
}
const said = { text: '' };
function drawn(lines: readonly Line[], change: object = {}): string {
  said.text = '';
  printLines(lines, terminal(change));
  return said.text;
}

const LINE: Line = { text: `  KILL SWITCH ENGAGED ${'word '.repeat(40)}end`, tone: 'bad' };

test('without a terminal a line is whole, and nothing but text', () => {
  const plain = drawn([LINE], { isTTY: false, hasColors: () => true });
  assert.equal(plain, `${LINE.text}\n`);
});

test('at a terminal of 80 columns no line is longer, and what goes on is indented', () => {
  const rows = drawn([LINE], { hasColors: () => false })
    .trimEnd()
    .split('\n');
  assert.ok(rows.length > 2);
  assert.ok(rows.every((row) => row.length <= 80));
  assert.ok(rows.slice(1).every((row) => /^ {4}\S/.test(row)));
  assert.deepEqual(rows.join(' ').split(/\s+/), ` ${LINE.text.trim()}`.split(/\s+/));
});

test('colours stand around lines where the terminal has them, and nothing of others is one', () => {
  const evil: Line = { text: 'a\u001B[2Jb', tone: 'good' };
  const coloured = drawn([evil]);
  assert.ok(coloured.startsWith('\u001B[1;32ma'));
  assert.ok(coloured.endsWith('b\u001B[0m\n'));
  assert.ok(!coloured.includes('\u001B[2J'));
  assert.ok(!drawn([LINE], { hasColors: () => false }).includes('\u001B'));
});

test('no word is lost or changed by wrapping, whatever the text', () => {
  const text = fc.array(fc.stringMatching(/^[a-z0-9/:-]{1,30}$/), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(text, fc.integer({ min: 40, max: 120 }), (words, width) => {
      const rows = wrapped(`    ${words.join(' ')}`, width);
      assert.ok(rows.every((row) => row.length <= width));
      assert.deepEqual(rows.join(' ').trim().split(/ +/), words);
    }),
    { numRuns: 300, seed: 20_261_130 },
  );
});

const ESC = '\u001B';
const PIECES = new RegExp(String.raw`${ESC}\[\??\d*[A-Za-z]|\n|\r|[^${ESC}\n\r]+`, 'g');

/** What a terminal shows after all that was written: rows, with a cursor that goes up and down. */
function shownBy(text: string): string[] {
  const rows: string[] = [''];
  let [at, column] = [0, 0];
  const cut = () => (rows[at] = (rows[at] ?? '').slice(0, column));
  for (const [piece] of text.matchAll(PIECES)) {
    if (piece === '\n') at += 1;
    if (piece === '\n' || piece === '\r') column = 0;
    else if (piece.startsWith(ESC)) {
      if (piece.endsWith('A')) at = Math.max(0, at - Number.parseInt(piece.slice(2), 10));
      if (piece.endsWith('K') || piece.endsWith('J')) cut();
      if (piece.endsWith('J')) rows.length = at + 1;
    } else {
      const row = rows[at] ?? '';
      rows[at] = row.slice(0, column) + piece + row.slice(column + piece.length);
      column += piece.length;
    }
    rows[at] ??= '';
  }
  return rows;
}

test('a page is drawn over the one before, shorter and longer ones alike', () => {
  said.text = '';
  const draw = pageOn(terminal({ hasColors: () => false }));
  const lines = (...texts: string[]) => texts.map((text) => ({ text }));
  draw(lines('desk: RECOVERING 50 %', '  long and more', 'third'));
  draw(lines('desk: TRADING', '  short'));
  assert.deepEqual(shownBy(said.text), ['desk: TRADING', '  short', '']);
  draw(lines('desk: STOPPED', '  a', 'b', 'c'));
  assert.deepEqual(shownBy(said.text), ['desk: STOPPED', '  a', 'b', 'c', '']);
});

test('a page is no higher than its terminal, and says what it leaves out', () => {
  said.text = '';
  const draw = pageOn(terminal({ rows: 6, hasColors: () => false }));
  const many = Array.from({ length: 20 }, (_, index) => ({ text: `line ${index}` }));
  draw(many);
  draw(many);
  const rows = shownBy(said.text);
  assert.equal(rows.length, 6);
  assert.match(rows[4] ?? '', /^\.\.\. 16 more lines/);
});
