/** What the configuration must say of an approver. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Approver } from '../../../../workflows/domain/gates/approver.js';

test('an approver has a name, a role and a whole public key', () => {
  const anna = { name: 'anna', roles: ['ops'], publicKey: 'ab'.repeat(32) };
  assert.deepEqual(Approver.parse(anna), anna);
  for (const change of [
    { name: '' },
    { roles: [] },
    { publicKey: 'ab' },
    { publicKey: 'AB'.repeat(32) },
  ]) {
    assert.equal(Approver.safeParse({ ...anna, ...change }).success, false);
  }
});
