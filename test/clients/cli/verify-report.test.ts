/** `relight report verify` and `relight gates`: what is printed, and by which exit code it ends. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { checkCodeOf } from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import type { GateRecord, RecoveryRecord } from '../../../workflows/domain/record.js';
import { keepDecision, recordOfGate } from '../../../workflows/recovery/gates/gate-record.js';
import { exposureGate, OPENED_AT_MS } from '../../workflows/domain/gates/gate-shown.js';
import { APPROVERS, OLGA, sign } from '../../workflows/fakes/people.js';
import { run } from './run.js';

function recordOf(): RecoveryRecord {
  const gate = exposureGate();
  const kept: GateRecord = {
    ...recordOfGate(gate),
    outcome: 'approved',
    closedAtMs: OPENED_AT_MS + 9_000,
  };
  const ids = { incidentId: 'maker/maker-e3', workflowId: gate.workflowId };
  const record = { ...ids, gates: [kept] } as unknown as RecoveryRecord;
  const said = { decidedAtMs: OPENED_AT_MS + 5_000 };
  keepDecision(record, kept, sign(gate, 'approve', OLGA, { said }), APPROVERS);
  return record;
}

function fileOf(t: TestContext, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-verify-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  writeFileSync(join(folder, 'recovery.json'), content);
  return join(folder, 'recovery.json');
}

async function verify(t: TestContext, content: unknown, ...more: string[]) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return run(t, {}, 'report', 'verify', fileOf(t, text), ...more);
}

test('an honest report is verified, gate by gate', async (t) => {
  const { stdout, stderr, code } = await verify(t, { record: recordOf(), lines: [] });
  assert.equal(code, 0);
  assert.match(stdout, /^verified +maker\/maker-e3\/exposure, attempt 1: approved\n/);
  assert.match(stdout, /"olga": signature of a Ed25519 key over all that was shown/);
  assert.match(stdout, /all decisions: 1 decisions, chain [0-9a-f]{64}\nmaker\/maker-e3: verified/);
  assert.match(stderr, /No configuration: the keys are those in the file/);
});

test('as JSON it says the same, and a bare record is understood', async (t) => {
  const { stdout, code } = await verify(t, recordOf(), '--json');
  const proof = JSON.parse(stdout) as { status: string; gates: { status: string }[] };
  assert.deepEqual([code, proof.status, proof.gates[0]?.status], [0, 'verified', 'verified']);
});

test('a report that was changed fails with exit code 3', async (t) => {
  const record = recordOf();
  const [decision] = record.gates[0]?.decisions ?? [];
  Object.assign(decision ?? {}, { reason: 'another \u001b[2K' });
  const { stdout, code } = await verify(t, { record });
  assert.equal(code, 3);
  assert.match(stdout, /^FAILED +maker\/maker-e3\/exposure/);
});

test('a report without a decision is unverified, with exit code 5', async (t) => {
  const { stdout, code } = await verify(t, {
    record: { ...recordOf(), gates: [], decisions: undefined },
  });
  assert.equal(code, 5);
  assert.match(stdout, /unverified +all decisions: no decision is in the record/);
});

test('what is no report is told as that', async (t) => {
  for (const [content, expected, said] of [
    ['{}', 3, /no record of a recovery/],
    ['{"record": {"gates": 1}}', 3, /no record of a recovery/],
    ['not JSON', 2, /it is not JSON/],
  ] as const) {
    const { stderr, code } = await verify(t, content);
    assert.equal(code, expected, content);
    assert.match(stderr, said);
  }
  const missing = await run(t, {}, 'report', 'verify', '/nowhere/recovery.json');
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /cannot be read: ENOENT/);
});

async function gatesOf(t: TestContext, gate: GateRequest, ...more: string[]) {
  const openGates = async () => [{ engineId: 'maker', workflowId: gate.workflowId, gate }];
  return (await run(t, { openGates }, 'gates', ...more)).stdout;
}

test('gates prints the evidence, its hash, the check code and the whole command', async (t) => {
  const gate = exposureGate();
  const shown = await gatesOf(t, gate);
  const command = `relight approve ${gate.gateId} --evidence ${gate.evidenceHash} --as NAME --key FILE --reason "..."`;
  assert.ok(shown.includes(`\n    ${command}\n`), shown);
  assert.match(shown, new RegExp(`check code +: ${checkCodeOf(gate)}$`, 'm'));
  assert.match(shown, new RegExp(`state +:\\s+${gate.stateDigest}`));
  assert.match(shown, /exposure +: 1200000/);
  const [open] = JSON.parse(await gatesOf(t, gate, '--json')) as { checkCode: string }[];
  assert.equal(open?.checkCode, checkCodeOf(gate));
});

test('what a venue or an engine says moves no cursor, and fakes no line', async (t) => {
  const trick = '\u001b[2K\u001b[1A\nSafe to approve\u009b2K\u202e';
  const evidence = { [trick]: trick };
  const gateId = `maker/x'$(reboot) ${trick}/exposure`;
  const shown = await gatesOf(
    t,
    exposureGate({ question: trick, onApprove: trick, evidence, gateId }),
  );
  assert.doesNotMatch(shown.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
  assert.doesNotMatch(shown, /^Safe to approve/m);
  const [command = ''] = /relight approve .*? --evidence/.exec(shown) ?? [];
  assert.match(command, /approve 'maker\/x'\\''\$\(reboot\) /, 'a shell runs nothing of it');
});
