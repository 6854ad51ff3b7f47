/** Hundreds of secrets planted in a text, in every way in which logs come to hold one: none is left. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { knownSecrets } from '../../../../workflows/domain/content/secrets/known.js';
import {
  textWithoutSecrets,
  withoutKnown,
} from '../../../../workflows/domain/content/without-secrets.js';

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'.split('');
const HEX = '0123456789abcdef'.split('');
const drawnOf = (digits: readonly string[], minLength: number, maxLength: number) =>
  fc
    .array(fc.constantFrom(...digits), { minLength, maxLength })
    .map((drawn) => `Q7${drawn.join('')}z9Z`);
const secret = fc.oneof(
  drawnOf(BASE62, 15, 60),
  drawnOf(HEX, 27, 60),
  drawnOf(BASE62.concat(['+', '/', '-', '_', '%', '&', '!', '"', '\\']), 19, 60),
);

/** Where Relight is configured with it: no name stands before it. */
const KNOWN_WAYS: Record<string, (value: string, at: number) => string> = {
  plain: (value) => `frame ${value} refused`,
  glued: (value) => `x${value}y`,
  'in two lines': (value, at) => `sent ${value.slice(0, at)}\n${value.slice(at)} back`,
  'in two lines of Windows': (value, at) => `sent ${value.slice(0, at)}\r\n${value.slice(at)} back`,
  'in two lines of a log': (value, at) =>
    `INFO sent ${value.slice(0, at)}\n2026-11-29T12:00:00Z INFO ${value.slice(at)}`,
  'in an address': (value) => `GET /order?k=${encodeURIComponent(value)}&qty=1`,
  'in JSON': (value) => JSON.stringify({ frame: value }),
  base64: (value) => `frame ${Buffer.from(value).toString('base64')}`,
  'base64 behind others': (value, at) =>
    `frame ${Buffer.from(`${'u'.repeat(at % 7)}:${value}`).toString('base64url')}`,
  hex: (value) => `frame ${Buffer.from(value).toString('hex')}`,
  HEX: (value) => `frame ${Buffer.from(value).toString('hex').toUpperCase()}`,
};

test('of what is configured nothing is left, in whatever form', () => {
  const planted = fc.record({
    value: secret,
    way: fc.constantFrom(...Object.keys(KNOWN_WAYS)),
    at: fc.double({ min: 0.5, max: 0.5, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(planted, { minLength: 1, maxLength: 40 }), (all) => {
      const lines = all.map(({ value, way, at }) =>
        KNOWN_WAYS[way]?.(value, Math.floor(value.length * at)),
      );
      const known = knownSecrets(all.map(({ value }) => value));
      const told = withoutKnown(lines.join('\n'), known);
      all.forEach(({ value, way }) => noneOf(value, told, way));
    }),
    { numRuns: 30 },
  );
});

/** Where nobody told Relight of it. */
const NAMED_WAYS: Record<string, (value: string) => string> = {
  'key=value': (value) => `api_secret=${value} qty=1`,
  'key: value': (value) => `X-API-KEY: ${value}`,
  JSON: (value) => JSON.stringify({ apiKey: value, qty: '1' }),
  'JSON in JSON': (value) => JSON.stringify({ body: JSON.stringify({ secretKey: value }) }),
  signature: (value) => `GET /order?symbol=BTCUSDT&signature=${value}&x=1`,
  encoded: (value) => `body symbol%3DBTC%26signature%3D${value}`,
  bearer: (value) => `Authorization: Bearer ${value}`,
  basic: (value) => `Authorization: Basic ${Buffer.from(value).toString('base64')}`,
  address: (value) => `connect postgres://bot:${value}@db/x failed`,
  debugger: (value) => `#1 sign (secret=0x5555aa "${value}", n=3) at sign.cpp:12`,
  XML: (value) => `<password>${value}</password>`,
  words: (value) => `my secret api key is ${value}`,
  PEM: (value) => `-----BEGIN EC PRIVATE KEY-----\n${value}\nshort\n-----END EC PRIVATE KEY-----`,
  'PEM in a log': (value) =>
    `INFO -----BEGIN PRIVATE KEY-----\nINFO ${value}\nINFO -----END PRIVATE KEY-----`,
  'PEM without an end': (value) => `-----BEGIN PRIVATE KEY-----\\n${value}${value}\\n`,
};

test('of what a name, a scheme or a frame tells to be one nothing is left', () => {
  const value = drawnOf(BASE62, 15, 60);
  for (const [way, plant] of Object.entries(NAMED_WAYS)) {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 10 }), (all) => {
        const text = all.map((one) => `before\n${plant(one)}\nafter`).join('\n');
        const told = textWithoutSecrets(text, knownSecrets([]));
        all.forEach((one) => noneOf(one, told, way));
        assert.equal(told.split('before').length, all.length + 1, way);
        assert.equal(told.split('after').length, all.length + 1, way);
      }),
      { numRuns: 20 },
    );
  }
});

function noneOf(value: string, told: string, way: string): void {
  const half = Math.floor(value.length / 2);
  for (const part of [value.slice(0, half), value.slice(half)]) {
    for (const form of [part, encodeURIComponent(part), Buffer.from(part).toString('hex')]) {
      assert.ok(!told.includes(form), `${way}: ${value} in ${told}`);
    }
  }
}

test('what opens nothing stays: figures, ids, frames, addresses, paths, times', () => {
  const text = [
    '#3 0x00007ffff7d4e3a5 in trading::Engine::processOrderWithVeryLongName2AndMore (this=0x5555) at /srv/engine/src/risk/limits.cpp:118',
    '#4 _ZN7trading6Engine12processOrderERKNS_5OrderEi+0x42',
    'qty 0.123456789012345678901234567890123456 of 123456789012345678901234567890123456789',
    '{"clientOrderId":"x-Relight0123456789abcdef0123456789","orderId":"5f0c1c5e-7e0f-4b1e-9c59-3f6b2f3f1a11"}',
    'order OQCLML-BW3P3-BUCMWZ of 2026-11-29T12:00:00.123456Z, e16, build 6d75b15',
    'AbstractOrderBookReconciliationServiceFactory::reconcilePositionsAgainstExchangeTruth',
    '/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30 std::__shared_count<(__gnu_cxx::_Lock_policy)2>',
    'trading_engine[406]: segfault at 10 ip 000055d0c0ffee42 sp 00007ffe error 4 in engine[55d0c0ff0000+1000]',
    'basic checks passed; unexpected token in JSON; pass: true; MASTER_ORDER_BOOK_AND_POSITION_LIMITS',
  ].join('\n');
  assert.equal(textWithoutSecrets(text, knownSecrets(['Zx81-configured-key-of-ours-42'])), text);
});

test('a secret of words is one, wherever its spaces and its line ends are', () => {
  const known = knownSecrets(['correct horse battery', ' spaced  out ']);
  const told = (text: string) => withoutKnown(text, known);
  assert.equal(told('is correct horse battery, not'), 'is [redacted], not');
  assert.equal(told('is correct horse\n battery'), 'is [redacted]\n[redacted]');
  assert.equal(told('a spaced  out b'), 'a[redacted]b');
  assert.equal(told('the correct horse'), 'the correct horse');
});

test('a webhook is a secret behind its host, and the host is not', () => {
  const url = 'https://hooks.example.com/services/T0AB12CD/B0EF34GH/xyz987WVU654';
  const known = knownSecrets([url]);
  assert.equal(
    withoutKnown(`POST /services/T0AB12CD/B0EF34GH/xyz987WVU654 to hooks.example.com`, known),
    'POST /[redacted] to hooks.example.com',
  );
});

test('no text takes long', { timeout: 60_000 }, () => {
  const known = knownSecrets(['Zx81configuredKeyOfOurs42']);
  for (const part of [
    'secret ',
    '-----BEGIN A-----',
    'a',
    '"secret":"',
    'ab://',
    '\n',
    '\\"',
    'Zx81conf',
  ]) {
    const text = part.repeat(Math.ceil(500_000 / part.length));
    assert.ok(textWithoutSecrets(text, known).length <= 3 * text.length);
  }
});
