/** The search for secrets finds what is planted, however it is spelt, cut or packed. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createPdfRenderer } from '../../clients/report/index.js';
import { richReport } from '../clients/report/sample-report.js';
import { finderOf, pdfText } from './secrets.js';

const SECRET = 'canary/secret+7f3a-with-enough-of-it==';
const hmac = (encoding: 'hex' | 'base64') =>
  createHmac('sha512', 'key').update('what was asked').digest(encoding);
const PROOFS = [hmac('hex'), hmac('base64')];
const find = finderOf([SECRET], PROOFS);

test('a text without any of it is clean', () => {
  assert.equal(find(`nothing here, ${'x'.repeat(500)} ${hmac('hex').slice(0, 30)}`), null);
});

test('a secret is found in every spelling, and anywhere in a base64 text', () => {
  const packed = [0, 1, 2].map((before) =>
    Buffer.from(`${'-'.repeat(before)}${SECRET} and what follows`).toString('base64'),
  );
  const hex = Buffer.from(SECRET).toString('hex');
  for (const text of [SECRET, encodeURIComponent(SECRET), hex, ...packed]) {
    assert.equal(find(`before ${text} after`), 'secret', text);
  }
});

test('a proof is found whole, encoded for a URL, and cut at either end', () => {
  for (const proof of PROOFS) {
    for (const text of [proof, encodeURIComponent(proof), proof.slice(4), proof.slice(0, -4)]) {
      assert.equal(find(`?signature=${text}&more`), 'proof', text);
    }
  }
});

test('what a PDF prints is read', async () => {
  const report = richReport();
  const outcomeDetail = `it says ${SECRET}`;
  const pdf = await createPdfRenderer().render({
    ...report,
    record: { ...report.record, outcomeDetail },
  });
  assert.equal(find(pdfText(Buffer.from(pdf))), 'secret');
});
