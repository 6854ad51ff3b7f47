/** A long text is looked through in parts, and what stands over the end of one is found all the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownSecrets } from '../../../../workflows/domain/content/secrets/known.js';
import {
  longTextWithoutKnown,
  longTextWithoutSecrets,
  textWithoutSecrets,
} from '../../../../workflows/domain/content/without-secrets.js';

const PART = 32_768;
const SECRET = 'correcthorsebatterystaple';
const LINE = '2026-11-29T03:00:00.000Z [INFO] order 118 of BTC/USDT is filled at 41447.04\n';
const ARMOUR = [
  '-----BEGIN EC PRIVATE KEY-----',
  ...Array.from({ length: 60 }, () => 'MHcCAQEE'.repeat(8)),
  '-----END EC PRIVATE KEY-----',
].join('\n');

/** `what` stands across the end of the first part, beginning so far before it. */
function across(what: string, before: number): string {
  const lines = LINE.repeat(Math.ceil(PART / LINE.length));
  return `${lines.slice(0, PART - before)}\n${what}\n${LINE.repeat(500)}`;
}

test('wherever a part ends in the midst of a secret, nothing of it is left', async () => {
  const known = knownSecrets([SECRET]);
  for (const before of [0, 1, 5, 12, 23, 24, 25, 60]) {
    const text = across(`the key is ${SECRET} and stays`, before);
    for (const clean of [longTextWithoutSecrets, longTextWithoutKnown]) {
      const told = await clean(text, known, async () => undefined);
      assert.ok(!told.includes(SECRET.slice(4, 16)), `${before} before the end`);
      assert.equal(told.split('\n').length, text.split('\n').length);
    }
  }
});

test('a key in armour over the end of a part is taken out whole, and ordinary lines stay', async () => {
  for (const before of [10, 500, 2_000, 3_900]) {
    const text = across(ARMOUR, before);
    const told = await longTextWithoutSecrets(text, knownSecrets([]), async () => undefined);
    assert.ok(!told.includes('MHcCAQEE'), `${before} before the end`);
    assert.equal(told.split(LINE).length, text.split(LINE).length);
    assert.equal(told, textWithoutSecrets(text, knownSecrets([])));
  }
});

test('others have their turn after each part', async () => {
  let turns = 0;
  const text = LINE.repeat(2_000);
  const turn = async () => void (turns += 1);
  assert.equal(await longTextWithoutSecrets(text, knownSecrets([]), turn), text);
  assert.equal(turns, Math.ceil(text.length / PART));
});
