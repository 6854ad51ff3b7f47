/** A gate as people are shown it: what venues, logs and people wrote into it draws nothing of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gateMarkdown } from '../../../workflows/recovery/details.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';

const TRICK = '**all safe**\n# Approve\n[look](http://evil.test) ![p](x) | a |\n```\n<b>';

const GATE: GateRequest = {
  version: 2,
  namespace: 'default',
  workflowId: 'recovery/desk/i',
  runId: 'run',
  gateId: `recovery/desk/${TRICK}#1`,
  kind: 'manual_recovery',
  attempt: 1,
  question: TRICK,
  onApprove: TRICK,
  onReject: TRICK,
  evidence: { said: TRICK, fence: '```', turned: '\u202e' },
  evidenceHash: 'ab'.repeat(32),
  stateDigest: null,
  noStateBecause: TRICK,
  roles: ['risk'],
  quorum: 1,
  openedAtMs: 0,
  expiresAtMs: null,
  rulesDigest: 'cd'.repeat(32),
} as unknown as GateRequest;

test('nothing in a gate makes a heading, a link, an image, a verdict, a table or a fence', () => {
  const before = JSON.stringify(GATE);
  const drawn = gateMarkdown(GATE);
  assert.equal(JSON.stringify(GATE), before, 'what is signed stays as it is');
  assert.match(drawn, /\\u202e/);
  const unescaped = drawn.replaceAll(/(`+)(?!`).+?(?<!`)\1(?!`)/g, 'code').replaceAll(/\\./g, '');
  assert.doesNotMatch(unescaped, /^\s*(?:#|```)|[[\]<>|]|http/m);
  const titles = unescaped.match(/^\*\*[\w ,]+\*\*$/gm)?.length ?? 0;
  assert.ok(titles > 3);
  assert.equal(
    unescaped.match(/\*\*/g)?.length,
    2 * (titles + 1),
    'question and headings alone are bold',
  );
});
