/** Lines of logs as people are told them: figures and words stay, secrets do not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSecrets } from '../../../workflows/domain/content/without-secrets.js';

const HEX = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

for (const line of [
  `apiKey: ${HEX}`,
  `{"secret":"s3cr3t-value","qty":"1"}`,
  'Authorization: Bearer abc.def-ghi',
  'X-MBX-APIKEY=abcdef',
  'password = hunter2',
  'connect to postgres://bot:hunter2@db.local/x failed',
  `unexpected ${HEX} in frame`,
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
  'passphrase "open sesame1"',
]) {
  test(`of ${line.slice(0, 30)} no secret is left`, () => {
    const told = withoutSecrets(line);
    assert.match(told, /\[redacted\]/);
    assert.doesNotMatch(told, /9f86d081|s3cr3t|abc\.def|abcdef|hunter2|dozjg|sesame1?"?$/);
  });
}

test('figures, paths and words stay, and what a terminal would obey does not', () => {
  const line =
    'assertion qty <= 12.50 BTC failed at /srv/engine/src/risk/limits.cpp:118 (code -42)';
  assert.equal(withoutSecrets(line), line);
  assert.equal(withoutSecrets('\u001b[2Kall well'), '\\u001b[2Kall well');
  assert.equal(
    withoutSecrets('the horse is correct', ['correct', 'is']),
    'the horse is [redacted]',
  );
});

test('a line without end takes no time, and is cut', () => {
  assert.ok(withoutSecrets('secret '.repeat(1_000_000)).length < 10_000);
});
