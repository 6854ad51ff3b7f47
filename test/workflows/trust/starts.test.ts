/** Whether a workflow is ours, by how it was started: one rule for its worker and for all who look at it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mark } from '../../../workflows/domain/trust/marks.js';
import { MARK_KEY, payloadConverter } from '../../../workflows/trust/converter.js';
import { strangeStart, type Start } from '../../../workflows/trust/starts.js';

const GUARDIAN = { workflowId: 'engine/desk', type: 'engineGuardian' };
const RECOVERY = { workflowId: 'recovery/desk/desk-e1', type: 'recoverEngine' };

const CONTROL: Mark = { by: { role: 'control', host: null, keyId: 'c' } };
const OPERATOR: Mark = { by: { role: 'operator', host: null, keyId: 'o' } };
const HOST: Mark = { by: { role: 'host', host: 'a', keyId: 'h' } };
const UNSIGNED: Mark = { unsigned: true };

interface Case extends Partial<Omit<Start, 'input'>> {
  mark?: Mark;
  to?: string;
  name?: string;
  run?: string;
}

function startOf({ mark = CONTROL, to, name, run, ...given }: Case): Start {
  const { workflowId = GUARDIAN.workflowId, type = GUARDIAN.type } = given;
  const from = run === undefined ? {} : { run };
  const sent = { to: to ?? workflowId, name: name ?? type, id: 'x', atMs: 1, ...from };
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
  const input = payloadConverter.fromPayload({
    metadata: { encoding: Buffer.from('json/plain'), [MARK_KEY]: bytes(mark) },
    data: bytes({ engineId: 'desk', sent }),
  });
  const first = { parentRun: null, continuedFrom: null, startedAtMs: 5_000 };
  return { workflowId, type, taskQueue: 'relight', ...first, ...given, input };
}

const OURS: Record<string, Case> = {
  'a guardian that a host has begun': { mark: HOST },
  'a guardian that a person has begun': { mark: OPERATOR },
  'a guardian that goes on': { continuedFrom: 'before', run: 'before' },
  'a recovery that its guardian has begun': { ...RECOVERY, parentRun: 'parent', run: 'parent' },
  'a guardian of before the keys': { mark: { ...UNSIGNED, signedSinceMs: 5_001 } },
};

for (const [what, start] of Object.entries(OURS)) {
  test(`ours is ${what}`, () => assert.equal(strangeStart(startOf(start)), null));
}

const STRANGE: Record<string, [Case, RegExp]> = {
  'one of our kind and queue that nobody signed': [{ mark: UNSIGNED }, /is not signed/],
  'one that nobody signed since there are keys': [
    { mark: { ...UNSIGNED, signedSinceMs: 5_000 } },
    /is not signed/,
  ],
  'one by a key that is not known': [
    { mark: { refused: 'signed by "x", a key' } },
    /signed by "x"/,
  ],
  'one of another kind': [{ type: 'mine' }, /of no workflow of ours/],
  'a guardian under the id of a recovery': [
    { ...RECOVERY, type: GUARDIAN.type, mark: HOST },
    /of no workflow of ours/,
  ],
  'a recovery under the id of a guardian': [
    { type: RECOVERY.type, parentRun: 'p', run: 'p' },
    /of no workflow of ours/,
  ],
  'one that waits for a worker of somebody else': [{ taskQueue: 'mine' }, /for no worker of ours/],
  'a recorded start of another guardian': [{ to: 'engine/other' }, /is for "engine\/other"/],
  'a recorded message that is no start': [{ name: 'reportCrash' }, /was sent as "reportCrash"/],
  'a guardian that a host says goes on': [
    { mark: HOST, continuedFrom: 'before', run: 'before' },
    /comes from host "a"/,
  ],
  'a guardian that goes on from another run': [
    { continuedFrom: 'before', run: 'long-before' },
    /another run/,
  ],
  'a recovery that a host has begun': [
    { ...RECOVERY, mark: HOST, parentRun: 'parent', run: 'parent' },
    /comes from host "a"/,
  ],
  'a recorded recovery without its guardian': [{ ...RECOVERY, run: 'parent' }, /another run/],
  'a recorded recovery under another guardian': [
    { ...RECOVERY, parentRun: 'mine', run: 'parent' },
    /another run/,
  ],
};

for (const [what, [start, why]] of Object.entries(STRANGE)) {
  test(`a stranger is ${what}`, () => assert.match(strangeStart(startOf(start)) ?? 'ours', why));
}

test('a stranger is one without an input', () => {
  assert.match(strangeStart({ ...startOf({}), input: undefined }) ?? 'ours', /is not signed/);
});
