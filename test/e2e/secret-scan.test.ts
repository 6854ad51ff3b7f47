/** The scanner behind the canary finds what it is meant to find, in every spelling, and nothing else. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { createPdfRenderer } from '../../clients/report/index.js';
import { richReport } from '../clients/report/sample-report.js';
import { printedText } from './pdf-text.js';
import { createScanner } from './secret-scan.js';

const bytes = (length: number, seed: string) => {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, index) =>
    createHash('sha512').update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
};

/** The kinds of secrets and of proofs that the venues have. */
const PASSPHRASE = 'canary/pass+phrase-5f2c_9a7e';
const KEY = `organizations/${bytes(8, 'org').toString('hex')}/apiKeys/${bytes(8, 'key').toString('hex')}`;
const SECRET = bytes(64, 'secret').toString('base64');
const PROOFS = {
  'a hexadecimal signature': bytes(32, 'hex').toString('hex'),
  'a signature in Base64': bytes(64, 'base64').toString('base64'),
  'a token': [40, 200, 64].map((n) => bytes(n, `part ${n}`).toString('base64url')).join('.'),
};
const secrets = [PASSPHRASE, KEY, SECRET];
const find = createScanner({ secrets, proofs: Object.values(PROOFS) });

const within = (text: string) => `{"message":"it said ${text}, and stopped"}`;
const base64At = (text: string, before: number) => Buffer.from(`${'x'.repeat(before)}${text}!`);

/** How a text may be spelt where it leaks. */
const SPELLINGS: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'URL-encoded': encodeURIComponent,
  'URL-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'in Base64': (text) => base64At(text, 0).toString('base64'),
  'in Base64, one byte later': (text) => base64At(text, 1).toString('base64'),
  'in Base64, two bytes later': (text) => base64At(text, 2).toString('base64'),
  'in Base64 for URLs': (text) => base64At(text, 5).toString('base64url'),
  'in Base64, URL-encoded': (text) => encodeURIComponent(base64At(text, 1).toString('base64')),
};

for (const [how, spell] of Object.entries(SPELLINGS)) {
  describe(how, () => {
    for (const secret of secrets) {
      test(`a secret of ${secret.length} characters is found`, () => {
        assert.equal(find(within(spell(secret))), 'secret');
      });
    }
    for (const [what, proof] of Object.entries(PROOFS)) {
      test(`${what} is found, and any forty characters of what signs`, () => {
        assert.equal(find(within(spell(proof))), 'signature');
        const signature = proof.slice(proof.lastIndexOf('.') + 1);
        for (let at = 0; at + 40 <= signature.length; at += 1) {
          const cut = signature.slice(at, at + 40);
          assert.equal(find(within(spell(cut))), 'signature', `from ${at}`);
        }
      });
    }
  });
}

test('a secret in hexadecimal is found, in either case', () => {
  const hex = Buffer.from(PASSPHRASE).toString('hex');
  assert.equal(find(within(hex)), 'secret');
  assert.equal(find(within(hex.toUpperCase())), 'secret');
});

test('what only looks alike is not found', () => {
  const others = ['hex', 'base64', 'base64url'] as const;
  const text = others.map((how) => bytes(96, 'another').toString(how)).join(' ');
  assert.equal(find(within(text)), null);
  assert.equal(find(within(encodeURIComponent(text))), null);
  assert.equal(find(''), null);
  const [, claims = ''] = PROOFS['a token'].split('.');
  assert.equal(find(within(claims)), null, 'claims are no secret');
});

/** Where errors of venues are printed, and where a table is narrow. */
async function reportSaying(text: string): Promise<Uint8Array> {
  const report = richReport();
  const { record } = report;
  const steps = record.steps.map((one, index) => (index === 0 ? { ...one, detail: text } : one));
  return createPdfRenderer().render({ ...report, record: { ...record, steps } });
}

describe('a printed report', () => {
  const proof = PROOFS['a hexadecimal signature'];

  test('tells its text without another program', async () => {
    const text = printedText(await createPdfRenderer().render(richReport()));
    assert.ok(text.includes('Segfault (certain): core of signal 11'), text.slice(0, 2_000));
    assert.equal(find(text), null);
  });

  test('shows a planted secret and a planted signature', async () => {
    for (const [planted, found] of [
      [PASSPHRASE, 'secret'],
      [SECRET, 'secret'],
      [proof, 'signature'],
    ] as const) {
      const pdf = await reportSaying(`refused: ${planted} is not known`);
      assert.equal(find(Buffer.from(pdf).toString('latin1')), null, 'its bytes are compressed');
      assert.equal(find(printedText(pdf)), found);
    }
  });
});
