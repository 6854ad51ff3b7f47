/** Line breaking, fonts and times, without a page around them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, integer, property, string } from 'fast-check';
import Pdf from 'pdfkit';
import { drawable, registerFonts } from '../../../clients/report/fonts.js';
import { lasted, utc } from '../../../clients/report/format.js';
import { timeAxis, timelineOf } from '../../../clients/report/timeline-model.js';
import { wrap } from '../../../clients/report/wrap.js';
import { richReport, step } from './sample-report.js';

const perCharacter = (text: string) => text.length;

test('no line is wider than asked, and no letter is lost', () => {
  check(
    property(string({ maxLength: 300 }), integer({ min: 1, max: 40 }), (text, width) => {
      const lines = wrap(text, width, 10_000, perCharacter);
      assert.ok(lines.every((one) => one.trimEnd().length <= width));
      assert.equal(lines.join('').replaceAll(/[ \n]/g, ''), text.replaceAll(/[ \n]/g, ''));
    }),
  );
});

test('a cut text ends in an ellipsis and keeps to its lines', () => {
  assert.deepEqual(wrap('one two three four', 5, 2, perCharacter), ['one ', 'two…']);
  assert.deepEqual(wrap('abcdefghij', 4, 1, perCharacter), ['abc…']);
  const lines = wrap('word '.repeat(5_000), 20, 3, perCharacter);
  assert.equal(lines.length, 3);
  assert.ok(lines.every((one) => one.trimEnd().length <= 20));
});

test('words stay apart and broken words in one piece when copied', () => {
  assert.equal(wrap('one two\nthree', 4, 9, perCharacter).join(''), 'one two three');
});

test('a long word is broken behind a separator', () => {
  assert.deepEqual(wrap('/var/lib/relight', 10, 5, perCharacter), ['/var/lib/', 'relight']);
});

test('little of an endless word is measured: each measure is dear, and holds the worker up', () => {
  let measured = 0;
  const counting = (text: string) => {
    measured += text.length;
    return text.length;
  };
  const lines = wrap('x'.repeat(4_000), 50, 100, counting);
  assert.equal(lines.join(''), 'x'.repeat(4_000));
  assert.ok(measured < 20 * 4_000, `${measured} characters measured`);
});

const doc = new Pdf();
registerFonts(doc);
const drawn = (text: string) => drawable(doc, 'Sans', text).text;

test('letters of other alphabets are drawn as they are, in both weights', () => {
  const names = 'Θεοδώρα Ковальчук Łukasz Żółć Čapek İğdır Şişli → ≥ −';
  for (const font of ['Sans', 'Sans-Bold'] as const)
    assert.deepEqual(drawable(doc, font, names), { text: names, numbered: false });
});

test('what the font lacks, and what would hide or turn others, stands by its number', () => {
  assert.equal(drawn('你好 🚀'), '[U+4F60 U+597D] [U+1F680]');
  assert.equal(drawn('\u202eabc\u0000\ud800'), '[U+202E]abc[U+0000 U+D800]');
  assert.equal(drawn('a\tb\u200bc\u0085d\ne'), 'a bc[U+0085]d\ne');
  assert.equal(drawable(doc, 'Sans', '🚀').numbered, true);
});

test('no text makes the font draw its box for what is missing', () => {
  check(
    property(string({ unit: 'binary' }), (text) => {
      for (const character of drawn(text)) {
        assert.ok(character === '\n' || drawn(character) === character);
        assert.doesNotMatch(character, /[^\P{C}\n]/u);
      }
    }),
  );
});

test('a line never ends inside of a character', () => {
  const word = 'e\u0301\u0323\u{1d538}'.repeat(20);
  for (let width = 1; width < 12; width += 1) {
    for (const part of wrap(word, width, 5, perCharacter)) {
      assert.doesNotMatch(part, /^[\p{M}\u{dc00}-\u{dfff}]|[\u{d800}-\u{dbff}]$/u);
    }
  }
});

test('times are UTC, and a time that is none is shown and not thrown', () => {
  assert.equal(utc(0), '1970-01-01T00:00:00.000Z');
  assert.equal(utc(NaN), 'not a time: NaN');
  assert.equal(lasted(1, 394_201), '6 min 34 s');
  assert.equal(lasted(1, null), 'not ended');
});

test('a long wait is drawn shorter, and the axis stays in order', () => {
  const { record } = richReport();
  const slow = {
    ...record,
    crashes: [],
    steps: [step('contain', 0, 10), step('ramp', 28_000, 28_060)],
  };
  const timeline = timelineOf({ ...slow, startedAtMs: record.startedAtMs, gates: [], ramp: [] });
  const { scale, squeezed, ticks } = timeAxis({ ...timeline, end: 28_060 }, 100, 400);
  assert.deepEqual(squeezed, { from: 10, to: 28_000 });
  assert.equal(Math.round(scale(28_000) - scale(10)), 75);
  const places = ticks.map((tick) => scale(tick));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.equal(timeAxis(timelineOf(record), 100, 400).squeezed, null);
});
