/** Secrets that are configured, written in every way in which programs write a value: none is left. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { knownSecrets } from '../../../../workflows/domain/content/secrets/known.js';
import { withoutKnown } from '../../../../workflows/domain/content/without-secrets.js';

const bytesOf = (value: string) => [...Buffer.from(value)];
const hex2 = (byte: number) => byte.toString(16).padStart(2, '0');
const each = (value: string, write: (byte: number) => string, between = '') =>
  bytesOf(value).map(write).join(between);
const mixedCase = (text: string) =>
  text.replaceAll(/[a-z]/g, (letter, at: number) => (at % 3 === 0 ? letter.toUpperCase() : letter));
const unicode = (value: string) =>
  value
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
const base64 = (value: string) => Buffer.from(value).toString('base64');
const base32 = (value: string) => {
  const bits = each(value, (byte) => byte.toString(2).padStart(8, '0'));
  const digits = bits.match(/.{5}/g) ?? [];
  return digits
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)])
    .join('');
};

const ENCODINGS: Record<string, (value: string) => string> = {
  'as it is': (value) => value,
  'in capitals': (value) => value.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()),
  percent: encodeURIComponent,
  'percent in small letters': (value) =>
    encodeURIComponent(value).replaceAll(/%../g, (one) => one.toLowerCase()),
  'percent of every byte': (value) => each(value, (byte) => `%${hex2(byte)}`),
  'percent of some': (value) =>
    each(value, (byte) =>
      byte % 2 === 0 || byte > 126
        ? `%${hex2(byte)}`
        : encodeURIComponent(String.fromCharCode(byte)),
    ),
  'percent twice': (value) => encodeURIComponent(encodeURIComponent(value)),
  'percent three times': (value) =>
    encodeURIComponent(encodeURIComponent(encodeURIComponent(value))),
  'plus for blank': (value) => encodeURIComponent(value).replaceAll('%20', '+'),
  hex: (value) => each(value, hex2),
  HEX: (value) => each(value, hex2).toUpperCase(),
  'hex in mixed letters': (value) => mixedCase(each(value, hex2)),
  'hex with blanks': (value) => each(value, hex2, ' '),
  'hex with colons': (value) => each(value, hex2, ':'),
  'hex as an array of C': (value) => each(value, (byte) => `0x${hex2(byte)}`, ', '),
  'hex of xxd': (value) => (each(value, hex2).match(/.{1,4}/g) ?? []).join(' '),
  'backslash x': (value) => each(value, (byte) => `\\x${hex2(byte)}`),
  'backslash octal': (value) => each(value, (byte) => `\\${byte.toString(8).padStart(3, '0')}`),
  'backslash u': unicode,
  'u in braces': (value) =>
    Array.from(value)
      .map((one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)
      .join(''),
  JSON: (value) => JSON.stringify(value),
  'JSON in JSON in JSON': (value) => JSON.stringify(JSON.stringify(JSON.stringify(value))),
  'JSON in ASCII': (value) => JSON.stringify(value).replaceAll(/[^ -~]/g, (one) => unicode(one)),
  'entities, named': (value) =>
    value
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  'entities, decimal': (value) =>
    Array.from(value)
      .map((one) => `&#${one.codePointAt(0)};`)
      .join(''),
  'entities, hex': (value) =>
    Array.from(value)
      .map((one) => `&#x${(one.codePointAt(0) ?? 0).toString(16)};`)
      .join(''),
  'numbers of bytes': (value) => JSON.stringify(bytesOf(value)),
  'characters of a debugger': (value) =>
    each(
      value,
      (byte) => `${byte} '${byte > 126 ? `\\${byte.toString(8)}` : String.fromCharCode(byte)}'`,
      ', ',
    ),
  'numbers of base 8': (value) => each(value, (byte) => byte.toString(8).padStart(3, '0'), ' '),
  'numbers of base 2': (value) => each(value, (byte) => byte.toString(2).padStart(8, '0'), ' '),
  'characters by number': (value) => each(value, (byte) => `chr(${byte})`, '.'),
  'nothing between': (value) => value.split('').join('\\0'),
  'wide letters': (value) =>
    value.replaceAll(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfe_e0)),
  'quoted-printable': (value) => each(value, (byte) => `=${hex2(byte).toUpperCase()}`),
  base64,
  base64url: (value) => Buffer.from(value).toString('base64url'),
  'base64 in lines': (value) => (base64(value).match(/.{1,12}/g) ?? []).join('\n'),
  'base64 within': (value) => base64(`{"user":"x","key":"${value}"}`),
  'base64 of what is escaped': (value) => base64(JSON.stringify({ a: unicode(value) })),
  'base64 twice': (value) => base64(base64(value)),
  'hex of base64': (value) => each(base64(value), hex2),
  'base64 of Windows': (value) => Buffer.from(value, 'utf16le').toString('base64'),
  base32,
  'with colours': (value) => `${value.slice(0, 5)}\u001b[31m${value.slice(5)}`,
  'letter by letter': (value) => value.split('').join(' '),
  'in two literals': (value) => `${value.slice(0, 6)}" + "${value.slice(6)}`,
};

const drawn = fc
  .array(fc.constantFrom(...'ABCDEFGHJKabcdefghjkmnpq0123456789'.split('')), {
    minLength: 16,
    maxLength: 40,
  })
  .map((digits) => `Zq7${digits.join('')}`);
const words = fc
  .array(fc.constantFrom('kestrel', 'Marlin', 'tundra', 'cobalt'), { minLength: 2, maxLength: 4 })
  .map((some) => `${some.join(' ')} 4711`);
const signs = drawn.map((value) => `p@${value.slice(0, 8)}/w+"${value.slice(8, 14)}\\&<9>'=`);
const foreign = drawn.map((value) => `grüß${value.slice(0, 9)}€69`);

test('of what is configured nothing is left, in whatever encoding and wherever it stands', () => {
  const planted = fc.record({
    value: fc.oneof(drawn, words, signs, foreign),
    encoding: fc.constantFrom(...Object.keys(ENCODINGS)),
    before: fc.constantFrom('', 'frame ', 'state=[', 'x', '{"a":"', '/tmp/'),
    after: fc.constantFrom('', ' refused', '] step 2', '.lock', '"}'),
  });
  fc.assert(
    fc.property(fc.array(planted, { minLength: 1, maxLength: 12 }), (all) => {
      const known = knownSecrets(all.map(({ value }) => value));
      for (const { value, encoding, before, after } of all) {
        const written = ENCODINGS[encoding]?.(value) ?? '';
        const told = withoutKnown(`INFO one\n${before}${written}${after}\nINFO two`, known);
        for (const line of written.split('\n')) {
          assert.ok(line.length < 6 || !told.includes(line), `${encoding}: ${value} in ${told}`);
        }
        assert.match(told, /\[redacted\]/, `${encoding}: ${value} in ${told}`);
        assert.match(told, /^INFO one\n[^]*\nINFO two$/);
      }
    }),
    { numRuns: 300 },
  );
});

test('nor over the end of a line, whatever a log writes before the next one', () => {
  const prefixes = [
    '',
    '    ',
    '2026-11-29T12:00:00.123Z [INFO] ',
    'Nov 29 12:00:00 host engine[406]: ',
    '\\',
    '# ',
    '> ',
  ];
  const planted = fc.record({
    value: fc.oneof(drawn, words, signs, foreign),
    encode: fc.constantFrom(
      (value: string) => value,
      base64,
      (value: string) => each(value, hex2),
    ),
    prefix: fc.constantFrom(...prefixes),
    end: fc.constantFrom('\n', '\r\n'),
    part: fc.double({ min: 0.3, max: 0.7, noNaN: true }),
  });
  fc.assert(
    fc.property(planted, ({ value, encode, prefix, end, part }) => {
      const written = encode(value);
      const cut = Math.floor(written.length * part);
      const [head, tail] = [written.slice(0, cut), written.slice(cut)];
      const text = `part ${head}${end}${prefix}${tail} of two`;
      const told = withoutKnown(text, knownSecrets([value]));
      assert.ok(!told.includes(head), `${head} in ${told}`);
      assert.ok(!told.includes(tail), `${tail} in ${told}`);
      assert.equal(told.split('\n').length, 2);
    }),
    { numRuns: 500 },
  );
});

test('a password shows also without the address, or the user, that it is configured with', () => {
  const known = knownSecrets(['postgres://bot:p%40ss-w0rd9@db/x', 'ops:Umber13*x']);
  assert.equal(withoutKnown('login p@ss-w0rd9 refused', known), 'login [redacted] refused');
  assert.equal(withoutKnown('login Umber13*x refused', known), 'login [redacted] refused');
});

test('words of ordinary texts stay, by whatever secrets are known', () => {
  const ordinary = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'order',
          'filled',
          'BTC-USDT',
          'BUY',
          'gateway.kraken:',
          'at',
          '[INFO]',
          '(this=0x7ffe1234)',
        ),
        fc.uuid(),
        fc.integer().map(String),
        fc.double({ noNaN: true }).map((figure) => figure.toFixed(8)),
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(' '));
  fc.assert(
    fc.property(
      ordinary,
      fc.array(fc.oneof(drawn, words, signs, foreign), { maxLength: 5 }),
      (text, values) => {
        assert.equal(withoutKnown(text, knownSecrets(values)), text);
      },
    ),
    { numRuns: 200 },
  );
});
