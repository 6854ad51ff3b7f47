/** Lines out of bytes: the same, however the bytes are parted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createLineCutter } from '../../../../clients/detector/probes/files/line-cutter.js';

function cutterOfTexts() {
  const cutter = createLineCutter<number>();
  const texts = (lines: { text: string }[]) => lines.map((line) => line.text);
  return {
    cut: (bytes: Buffer) => texts(cutter.cut(bytes, 0)),
    end: () => texts(cutter.end()),
    skip: () => cutter.skip(),
  };
}

const text = fc
  .array(fc.oneof(fc.constantFrom('\n', '\r\n', '', 'é', '日'), fc.string({ maxLength: 9 })))
  .map((parts) => Buffer.from(parts.join('')));

test('bytes in any parts are the lines of the whole', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat(50)), (bytes, sizes) => {
      const cutter = cutterOfTexts();
      const lines: string[] = [];
      let at = 0;
      for (const size of sizes.map((each) => each + 1)) {
        if (at < bytes.length) lines.push(...cutter.cut(bytes.subarray(at, at + size)));
        at += size;
      }
      if (at < bytes.length) lines.push(...cutter.cut(bytes.subarray(at)));
      lines.push(...cutter.end());
      const whole = bytes
        .toString()
        .split('\n')
        .map((line) => line.replace(/\r$/, ''));
      assert.deepEqual(
        lines,
        whole.filter((line) => line !== ''),
      );
    }),
  );
});

test('of a line no more is kept than the longest, and the next one is whole', () => {
  const cutter = cutterOfTexts();
  const lines = cutter.cut(Buffer.from(`${'x'.repeat(10_000)}\nnext\n`));
  assert.deepEqual(lines, ['x'.repeat(4_096), 'next']);
});

test('what is begun is given when nothing more comes, whole when its rest does, and without its beginning never', () => {
  const cutter = cutterOfTexts();
  assert.deepEqual(cutter.cut(Buffer.from('a\nb')), ['a']);
  assert.deepEqual(cutter.cut(Buffer.alloc(0)), ['b']);
  assert.deepEqual(cutter.cut(Buffer.alloc(0)), []);
  assert.deepEqual(cutter.cut(Buffer.from('c\nd\n')), ['bc', 'd']);
  cutter.skip();
  assert.deepEqual(cutter.cut(Buffer.from('middle\nwhole\n')), ['whole']);
});

test('a line is as old as its first byte', () => {
  const cutter = createLineCutter<string>();
  assert.deepEqual(cutter.cut(Buffer.from('begun'), 'old'), []);
  assert.deepEqual(cutter.cut(Buffer.alloc(0), 'new'), [{ text: 'begun', since: 'old' }]);
  assert.deepEqual(cutter.cut(Buffer.from(' whole\nnext\n'), 'new'), [
    { text: 'begun whole', since: 'old' },
    { text: 'next', since: 'new' },
  ]);
});

test('a line that is forgotten before its end is never given, and the next one is', () => {
  const cutter = createLineCutter<null>();
  cutter.cut(Buffer.from('whole\n'), null);
  cutter.forget();
  assert.deepEqual(cutter.cut(Buffer.from('next\nforgo'), null), [{ text: 'next', since: null }]);
  cutter.forget();
  assert.deepEqual(cutter.cut(Buffer.from('tten\nlast\n'), null), [{ text: 'last', since: null }]);
});
