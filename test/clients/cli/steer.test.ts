/** `relight hold` and its like: what is typed is signed, and what came of it is said. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type {
  InstructionAnswer,
  Operations,
  SteerRequest,
} from '../../../clients/cli/operations.js';
import {
  checkCodeOf,
  publicKeyOf,
  type Decision,
} from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import {
  instructionRefusal,
  type Instruction,
  type Told,
} from '../../../workflows/domain/steering/instruction.js';
import { exposureGate } from '../../workflows/domain/gates/gate-shown.js';
import { run } from './run.js';

const KEY = '05'.repeat(32);
const MEI = { name: 'mei', roles: ['ops'], keys: [{ ed25519: publicKeyOf(KEY) }] };

function keyOn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-key-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const key = join(folder, 'mei.key');
  writeFileSync(key, `${KEY}\n`, { mode: 0o600 });
  return key;
}

async function typed(t: TestContext, answer: InstructionAnswer, ...args: string[]) {
  const key = keyOn(t);
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
    toSteer,
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

/** As the operation of a ramp does it: it is of the recovery that is open. */
async function toSteer({ command, target, percent, reason, by }: SteerRequest): Promise<Told> {
  return {
    version: 1,
    namespace: 'default',
    engineId: target ?? '',
    command,
    incidentId: 'desk/desk-e1',
    ...(percent === undefined ? {} : { percent }),
    reason,
    by,
    atMs: Date.now(),
    id: '00000000-0000-4000-8000-000000000000',
  };
}

for (const { typedAs, command, percent } of [
  { typedAs: ['step-down', 'desk'], command: 'step_down', percent: undefined },
  { typedAs: ['step-down', 'desk', '--to', '25'], command: 'step_down', percent: 25 },
  { typedAs: ['pause', 'desk'], command: 'pause', percent: undefined },
]) {
  test(`${typedAs.join(' ')} is signed as typed, to the recovery of the engine`, async (t) => {
    const { sent, stdout, code } = await typed(t, DONE, ...typedAs, '--reason', 'spreads widen');
    assert.deepEqual([stdout, code], ['it is done\n', 0]);
    const nowMs = Date.now();
    const of = { namespace: 'default', engineId: 'desk', incidentId: 'desk/desk-e1' };
    const judging = { ...of, approvers: [MEI], rolesOf: () => ['ops'], taken: [], nowMs };
    assert.equal(instructionRefusal(sent[0], judging), null);
    const { told } = sent[0] ?? {};
    assert.deepEqual(
      [told?.command, told?.percent, told?.reason],
      [command, percent, 'spreads widen'],
    );
  });
}

test('a step down to no percentage of a ramp is bad usage, and nothing is signed', async (t) => {
  for (const to of ['0', '100', '12.5', 'half']) {
    const exit = t.mock.method(process, 'exit', (code: number) => {
      throw new Error(`ended with ${code}`);
    });
    const typedAs = ['step-down', 'desk', '--to', to, '--reason', 'x'];
    await assert.rejects(typed(t, DONE, ...typedAs), /ended with 2/);
    exit.mock.restore();
  }
});

const PAUSED = exposureGate({
  gateId: 'desk/desk-e1/ramp_paused',
  kind: 'ramp_paused',
  openedAtMs: Date.now(),
  expiresAtMs: null,
});

/** `continue` of a test on these questions: what it decides. */
async function continued(
  t: TestContext,
  gates: { engineId: string; gate: GateRequest }[],
  unread: readonly string[] = [],
) {
  const decided: Decision[] = [];
  const operations: Partial<Operations> = {
    openGates: async (onUnread) => {
      for (const why of unread) onUnread?.(why);
      return gates.map((one) => ({ ...one, workflowId: one.gate.workflowId }));
    },
    decide: async (decision) => {
      decided.push(decision);
      return { accepted: true, status: 'approved' };
    },
  };
  const code = checkCodeOf(PAUSED);
  const said = ['continue', 'desk', '--reason', 'calm again', '--evidence', code];
  const ended = await run(t, operations, ...said, '--as', 'mei', '--key', keyOn(t));
  return { ...ended, decided };
}

test('continue approves the question of the paused ramp of that engine, and no other', async (t) => {
  const others = [
    { engineId: 'desk', gate: exposureGate({ gateId: 'desk/desk-e1/exposure' }) },
    { engineId: 'maker', gate: { ...PAUSED, gateId: 'maker/maker-e3/ramp_paused' } },
  ];
  const own = { engineId: 'desk', gate: PAUSED };
  const { decided, code } = await continued(t, [...others, own]);
  assert.deepEqual(
    decided.map(({ gateId, said }) => [gateId, said.answer, said.reason]),
    [[PAUSED.gateId, 'approve', 'calm again']],
  );
  assert.equal(code, 0);

  const none = await continued(t, others);
  assert.deepEqual([none.decided, none.code], [[], 3]);
  assert.match(none.stderr, /^No ramp of "desk" is paused\. See what waits with: relight gates/);
});

test('continue where not all could be asked says so, and is not sure', async (t) => {
  const { decided, code, stderr } = await continued(t, [], ['desk: no worker answers']);
  assert.deepEqual([decided, code], [[], 5]);
  assert.match(stderr, /^COULD NOT BE ASKED: desk: no worker answers\n/);
});
