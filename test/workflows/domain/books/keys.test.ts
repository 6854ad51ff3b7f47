/** One grammar of keys: what is built is parsed again, two contents have two keys. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  POSITION_SIDES,
  accountKey,
  appliedFillId,
  appliedFlowId,
  balanceKey,
  baselineKey,
  keyText,
  namedOrderKey,
  orderKey,
  parseBaselineKey,
  parseFigureKey,
  positionKey,
} from '../../../../workflows/domain/books/keys.js';

const part = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes('|'));
const side = fc.constantFrom(...POSITION_SIDES);
const position = fc.record({ venue: part, account: part, instrument: part, side });
const balance = fc.record({ venue: part, account: part, asset: part });
const RUNS = { numRuns: 1000, seed: 5 };

test('a figure is parsed from the key that it has', () => {
  fc.assert(
    fc.property(position, balance, (held, owned) => {
      assert.deepEqual(parseFigureKey(positionKey(held)), { kind: 'position', ...held });
      assert.deepEqual(parseFigureKey(balanceKey(owned)), { kind: 'balance', ...owned });
    }),
    RUNS,
  );
});

test('inventory of a venue is parsed from the key that it has, and nothing else is', () => {
  fc.assert(
    fc.property(part, part, (venue, asset) => {
      assert.deepEqual(parseBaselineKey(baselineKey({ venue, asset })), { venue, asset });
    }),
    RUNS,
  );
  for (const text of ['', '|', 'alpha', 'alpha|', '|BTC', 'alpha|main|BTC']) {
    assert.equal(parseBaselineKey(text), null, text);
  }
});

test('two contents have two keys', () => {
  const order = fc.record({
    venue: part,
    account: part,
    instrument: part,
    // What a stranger calls its order is the last part, and may hold anything.
    clientOrderId: fc.string({ maxLength: 8 }),
  });
  fc.assert(
    fc.property(order, order, position, position, (a, b, p, q) => {
      const same = JSON.stringify(Object.values(a)) === JSON.stringify(Object.values(b));
      assert.equal(orderKey(a) === orderKey(b), same);
      const equal = JSON.stringify(Object.values(p)) === JSON.stringify(Object.values(q));
      assert.equal(positionKey(p) === positionKey(q), equal);
    }),
    RUNS,
  );
});

test('keys are written as histories, states and checkpoints have them', () => {
  const at = { venue: 'alpha', account: 'main' };
  const listing = { ...at, instrument: 'BTC/USD' };
  const ids = { clientOrderId: 'c-1', venueOrderId: null };
  assert.equal(accountKey(at), 'alpha|main');
  assert.equal(positionKey({ ...listing, side: 'net' }), 'alpha|main|BTC/USD|net');
  assert.equal(balanceKey({ ...at, asset: 'BTC' }), 'alpha|main|BTC');
  assert.equal(namedOrderKey({ ...listing, ...ids }), 'alpha|main|BTC/USD|c-1|null');
  assert.equal(appliedFillId({ ...listing, tradeId: '7' }), 'main|BTC/USD|7');
  assert.equal(appliedFlowId({ account: 'main', asset: 'USD', id: 'f' }), 'main|cash|USD|f');
  assert.equal(keyText('alpha|main|BTC/USD'), 'alpha main BTC/USD');
});

test('nobody else in workflows and activities writes or cuts a key', () => {
  const folders = ['workflows', 'activities'];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  // Of the other one these are alternatives in expressions.
  const passed = ['books/keys.ts', 'content/without-secrets.ts', 'content/secrets/'];
  const sources = files.filter(
    (file) => file.endsWith('.ts') && !passed.some((name) => file.includes(name)),
  );
  assert.ok(sources.length > 80);
  const found = sources.filter((file) =>
    /\}\|(?!\|)|[^|]\|\$\{|\.split\('\|'\)/.test(readFileSync(file, 'utf8')),
  );
  assert.deepEqual(found, []);
});
