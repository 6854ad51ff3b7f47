/** `relight approve` and `reject`: what is signed is what was seen, by keys that people have. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Operations } from '../../../clients/cli/operations.js';
import type { Approver } from '../../../workflows/domain/gates/approver.js';
import {
  checkCodeOf,
  Decision,
  publicKeyOf,
  shownHashOf,
} from '../../../workflows/domain/gates/decision.js';
import { refusalOf, type GateRequest } from '../../../workflows/domain/gates/gate.js';
import { nodeCommand } from '../../../workers/processes/self.js';
import { whyNo } from '../../needs.js';
import { exposureGate } from '../../workflows/domain/gates/gate-shown.js';
import { fromFile, keyFile } from '../../workflows/domain/gates/ssh-keys.js';
import { run } from './run.js';

const WITH_SSH = { skip: whyNo('ssh') };
const WITH_TERMINAL = { skip: whyNo('script') };
const KEY = '05'.repeat(32);
const AT_TERMINAL = new URL('fixtures/approve-at-terminal.ts', import.meta.url).href;

function openNow(change: Partial<GateRequest> = {}): GateRequest {
  return exposureGate({ openedAtMs: Date.now(), expiresAtMs: null, ...change });
}

function keyOn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-key-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  writeFileSync(join(folder, 'mei.key'), `${KEY}\n`, { mode: 0o600 });
  return join(folder, 'mei.key');
}

/** Runs the command on one open gate; `sent` is what reaches the workflow. */
async function answer(t: TestContext, gate: GateRequest, ...args: string[]) {
  const sent: Decision[] = [];
  const operations: Partial<Operations> = {
    openGates: async () => [{ engineId: 'maker', workflowId: gate.workflowId, gate }],
    decide: async (decision) => {
      sent.push(decision);
      return { accepted: true, status: 'approved' };
    },
  };
  const said = ['--as', 'mei', '--reason', 'seen'];
  const ended = await run(t, operations, 'approve', gate.gateId, ...said, ...args);
  return { ...ended, sent };
}

function counts(gate: GateRequest, decision: Decision | undefined, key: Approver['keys']): void {
  assert.ok(decision !== undefined, 'nothing was sent');
  const approvers: Approver[] = [{ name: 'mei', roles: ['risk'], keys: key }];
  const judging = { gate, approvers, nowMs: Date.now() };
  assert.equal(refusalOf(Decision.parse(decision), judging), null);
}

test('whoever names the evidence, all that was shown, or its check code signs this', async (t) => {
  const gate = openNow();
  for (const seen of [gate.evidenceHash, shownHashOf(gate), checkCodeOf(gate)]) {
    const { sent, code } = await answer(t, gate, '--evidence', seen, '--key', keyOn(t));
    assert.equal(code, 0);
    counts(gate, sent[0], [{ ed25519: publicKeyOf(KEY) }]);
  }
});

test('whoever names anything else signs nothing, and is told what is open', async (t) => {
  const gate = openNow();
  const former = exposureGate({ attempt: 2 });
  const wrong = ['0'.repeat(64), checkCodeOf(former), gate.evidenceHash.slice(0, 12), '', 'x'];
  for (const seen of wrong) {
    const { sent, code, stderr } = await answer(t, gate, '--evidence', seen, '--key', keyOn(t));
    assert.deepEqual([sent, code], [[], 3], seen);
    assert.match(stderr, /Nothing is signed/);
    assert.ok(stderr.includes(checkCodeOf(gate)));
  }
});

test('without a word of what was seen, and without a terminal, nothing is signed', async (t) => {
  const gate = openNow();
  const { sent, code, stderr } = await answer(t, gate, '--key', keyOn(t));
  assert.deepEqual([sent, code], [[], 2]);
  const command = `relight approve ${gate.gateId} --evidence ${gate.evidenceHash} --as mei`;
  assert.ok(stderr.includes(command), stderr);
});

test('evidence that is not what its hash says is never signed', async (t) => {
  const gate = openNow({ evidence: { exposure: '1' } });
  const { sent, code, stderr } = await answer(
    t,
    gate,
    '--evidence',
    gate.evidenceHash,
    '--key',
    keyOn(t),
  );
  assert.deepEqual([sent, code], [[], 3]);
  assert.match(stderr, /does not match its hash/);
});

test('a reason that would be refused is refused at once', async (t) => {
  const gate = openNow();
  for (const reason of ['', ' seen', 'seen\nby me', 'x'.repeat(2_001)]) {
    const args = ['--reason', reason, '--evidence', gate.evidenceHash, '--key', keyOn(t)];
    const { sent, code, stderr } = await answer(t, gate, ...args);
    assert.deepEqual([sent, code], [[], 2], JSON.stringify(reason));
    assert.match(stderr, /--reason: .*reason/);
  }
});

test('an SSH key signs from its file', WITH_SSH, async (t) => {
  const gate = openNow();
  for (const type of [['ed25519'], ['ecdsa', '-b', '256'], ['rsa', '-b', '2048']]) {
    const file = keyFile(t, ...type);
    const { sent, code, stderr } = await answer(
      t,
      gate,
      '--evidence',
      checkCodeOf(gate),
      '--ssh-key',
      file,
    );
    assert.equal(code, 0, stderr);
    counts(gate, sent[0], [{ ssh: fromFile(file).line }]);
  }
});

test('an SSH key signs from an agent that has it, by its .pub file alone', WITH_SSH, async (t) => {
  const gate = openNow();
  const file = keyFile(t, 'ed25519');
  const seen = ['--evidence', checkCodeOf(gate), '--ssh-key', `${file}.pub`];
  const socket = await agentOf(t);
  process.env['SSH_AUTH_SOCK'] = socket;
  t.after(() => delete process.env['SSH_AUTH_SOCK']);
  assert.equal(spawnSync('ssh-add', ['-q', file]).status, 0);
  rmSync(file);
  const { sent, code, stderr } = await answer(t, gate, ...seen);
  assert.equal(code, 0, stderr);
  counts(gate, sent[0], [{ ssh: fromFile(`${file}.pub`).line }]);
  assert.equal(spawnSync('ssh-add', ['-q', '-D']).status, 0);
  const without = await answer(t, gate, ...seen);
  assert.deepEqual([without.sent, without.code], [[], 2]);
  assert.match(without.stderr, /ssh-keygen did not sign .* needs an agent/s);
});

async function agentOf(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'relight-agent-'));
  const socket = join(folder, 'agent.sock');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => {
    agent.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
  });
  await new Promise((resolve) => agent.stdout.once('data', resolve));
  return socket;
}

test('two keys at once are refused', async (t) => {
  const { sent, code } = await answer(t, openNow(), '--key', keyOn(t), '--ssh-key', 'id');
  assert.deepEqual([sent, code], [[], 2]);
});

for (const [typed, signs] of [
  ['y', true],
  ['YES', true],
  ['n', false],
  ['', false],
  ['yep', false],
] as const) {
  test(
    `at a terminal the question is shown, and "${typed}" ${signs ? 'signs' : 'does not sign'} it`,
    WITH_TERMINAL,
    (t) => {
      const args = ['approve', 'maker/maker-e3/exposure', '--as', 'mei', '--reason', 'seen'];
      const command = [...nodeCommand(AT_TERMINAL), ...args, '--key', keyOn(t)];
      const line = command.map((word) => `'${word}'`).join(' ');
      const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { input: `${typed}\n` });
      const seen = stdout.toString();
      const code = checkCodeOf(exposureGate({ question: 'Resume \u001b[2K?' }));
      assert.ok(seen.includes(`Sign "approve" with check code ${code}, as mei? [y/N]`), seen);
      assert.ok(seen.includes('Resume \\u001b[2K?'), 'a control character is written out');
      assert.ok(/exposure +: 1200000/.test(seen));
      assert.equal(/^SENT /m.test(seen), signs);
    },
  );
}
