/** `relight hold` and its like: what is typed is signed, and what came of it is said. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { InstructionAnswer, Operations } from '../../../clients/cli/operations.js';
import { publicKeyOf } from '../../../workflows/domain/gates/decision.js';
import {
  instructionRefusal,
  type Instruction,
} from '../../../workflows/domain/steering/instruction.js';
import { run } from './run.js';

const KEY = '05'.repeat(32);
const MEI = { name: 'mei', roles: ['ops'], keys: [{ ed25519: publicKeyOf(KEY) }] };

async function typed(t: TestContext, answer: InstructionAnswer, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-key-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const key = join(folder, 'mei.key');
  writeFileSync(key, `${KEY}\n`, { mode: 0o600 });
  const sent: Instruction[] = [];
  const operations: Partial<Operations> = {
    toInstruct: async ({ command, target, reason, by }) => ({
      version: 1,
      namespace: 'default',
      engineId: 'desk',
      command,
      incidentId: target === 'desk' ? null : target,
      reason,
      by,
      atMs: Date.now(),
      id: '00000000-0000-4000-8000-000000000000',
    }),
    instruct: async (instruction) => {
      sent.push(instruction);
      return answer;
    },
  };
  const said = await run(t, operations, ...args, '--as', 'mei', '--key', key);
  return { ...said, sent };
}

const DONE: InstructionAnswer = { accepted: true, done: 'it is done', incidentId: null };

for (const [command, target] of [
  ['hold', 'desk'],
  ['release', 'desk'],
  ['abort', 'desk/desk-e1'],
  ['retry', 'desk/desk-e1'],
  ['recover', 'desk'],
] as const) {
  test(`${command} is signed as typed`, async (t) => {
    const { sent, stdout, code } = await typed(t, DONE, command, target, '--reason', 'by hand');
    assert.equal(stdout, 'it is done\n');
    assert.equal(code, 0);
    const judging = { namespace: 'default', engineId: 'desk', approvers: [MEI], taken: [] };
    const rolesOf = () => ['ops'];
    const nowMs = Date.now();
    assert.equal(instructionRefusal(sent[0], { ...judging, rolesOf, nowMs }), null);
    assert.deepEqual([sent[0]?.told.command, sent[0]?.told.reason], [command, 'by hand']);
  });
}

test('what is refused is said with its reason, and is no success', async (t) => {
  const answer: InstructionAnswer = { accepted: false, reason: 'desk lives on "a"' };
  const { stderr, code } = await typed(t, answer, 'recover', 'desk', '--reason', 'gone');
  assert.equal(stderr, 'Refused: desk lives on "a"\n');
  assert.equal(code, 3);
});

test('without a reason nothing is signed', async (t) => {
  const { sent, stderr, code } = await typed(t, DONE, 'hold', 'desk', '--reason', ' ');
  assert.deepEqual(sent, []);
  assert.match(stderr, /^--reason: a reason is required/);
  assert.equal(code, 2);
});
