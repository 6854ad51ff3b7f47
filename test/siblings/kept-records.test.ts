/** A record proves itself offline: whatever else in it says something of a decision cannot be changed. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { GateRequest } from '../../workflows/domain/gates/gate.js';
import { verifyRecord } from '../../workflows/domain/gates/proof/verify-record.js';
import type { GateRecord, RecoveryRecord } from '../../workflows/domain/record.js';
import { nodeCommand } from '../../workers/processes/self.js';
import { keepDecision, recordOfGate } from '../../workflows/recovery/gates/gate-record.js';
import { folderOf } from '../clients/host/processes.js';
import { exposureGate, OPENED_AT_MS } from '../workflows/domain/gates/gate-shown.js';
import { APPROVERS, OLGA, RITA, sign } from '../workflows/fakes/people.js';

const LAST_MS = OPENED_AT_MS + 300_000;

type Kept = Pick<RecoveryRecord, 'incidentId' | 'workflowId' | 'gates' | 'decisions'>;

/** One gate of two people, and one that expired before it. */
function written(): Kept {
  const record: Kept = {
    incidentId: 'maker/maker-e3',
    workflowId: 'recovery/maker/maker-e3',
    gates: [],
  };
  const gate = exposureGate({ quorum: 2 });
  const kept: GateRecord = {
    ...recordOfGate(gate),
    outcome: 'approved',
    closedAtMs: OPENED_AT_MS + 390_000,
  };
  record.gates.push(kept);
  for (const [at, person] of [OLGA, RITA].entries()) {
    const said = { decidedAtMs: LAST_MS - 1_000 * (1 - at) };
    keepDecision(
      record as RecoveryRecord,
      kept,
      sign(gate, 'approve', person, { said }),
      APPROVERS,
    );
  }
  return JSON.parse(JSON.stringify(record)) as Kept;
}

type Loose = Record<string, unknown>;
const gateOf = (record: Kept) => record.gates[0] as unknown as Loose & GateRecord;
const shownOf = (record: Kept) => gateOf(record).shown as unknown as Loose & GateRequest;
const firstOf = (record: Kept) => gateOf(record).decisions[0] as unknown as Loose;

test('the record that the others are made from is verified', () => {
  assert.equal(verifyRecord(written(), APPROVERS).status, 'verified');
});

const CHANGES: Record<string, (record: Kept) => unknown> = {
  'the opening, to a later one': (r) => (gateOf(r).openedAtMs += 1),
  'the opening that was shown': (r) => (shownOf(r).openedAtMs -= 1),
  'the deadline that was shown': (r) => (shownOf(r).expiresAtMs = OPENED_AT_MS + 9e9),
  'the digest of the rules': (r) => (shownOf(r).rulesDigest = 'ee'.repeat(32)),
  'the namespace': (r) => (shownOf(r).namespace = 'staging'),
  'the run': (r) => (shownOf(r).runId = 'run-2'),
  'the kind of the gate': (r) => (gateOf(r).kind = 'volatility'),
  'the kind that was shown': (r) => (shownOf(r).kind = 'volatility'),
  'what rejecting leads to': (r) => (shownOf(r).onReject = 'nothing'),
  'the reason for no state': (r) => (shownOf(r).noStateBecause = 'none'),
  'the roles that were asked': (r) => (shownOf(r).roles = ['dev']),
  'the incident': (r) => (r.incidentId = 'maker/maker-e4'),
  'the gate id': (r) => (gateOf(r).gateId = 'maker/maker-e3/volatility'),
  'the hash of the evidence alone': (r) => (gateOf(r).evidenceHash = '00'.repeat(32)),
  'the evidence, by one more fact': (r) => ((gateOf(r).evidence as Loose)['hedged'] = true),
  'the evidence, taken away': (r) => delete gateOf(r).evidence,
  'what was shown, taken away': (r) => delete gateOf(r).shown,
  'the outcome to withdrawn': (r) => (gateOf(r).outcome = 'withdrawn'),
  'the outcome to open': (r) => (gateOf(r).outcome = 'open'),
  'the closing to before the opening': (r) => (gateOf(r).closedAtMs = OPENED_AT_MS - 1),
  'the closing to before the last answer, by more than clocks differ': (r) =>
    (gateOf(r).closedAtMs = LAST_MS - 120_001),
  'the closing, taken away': (r) => (gateOf(r).closedAtMs = null),
  'the name by its case': (r) => (firstOf(r)['approver'] = 'Olga'),
  'the reason by a blank': (r) => (firstOf(r)['reason'] = `${String(firstOf(r)['reason'])} `),
  'the time to text': (r) => (firstOf(r)['decidedAtMs'] = String(firstOf(r)['decidedAtMs'])),
  'all decisions, and their chain': (r) => {
    gateOf(r).decisions = [];
    r.decisions = { count: 0, hash: '' };
  },
  'the whole gate twice': (r) => r.gates.push(structuredClone(gateOf(r))),
  'the gate as its own next attempt': (r) =>
    r.gates.push({ ...structuredClone(gateOf(r)), attempt: 2 }),
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`a record in which somebody changed ${what} is not verified`, () => {
    const record = written();
    change(record);
    for (const approvers of [APPROVERS, null]) {
      let status = 'refused';
      try {
        ({ status } = verifyRecord(record, approvers));
      } catch (error) {
        assert.equal((error as Error).name, 'ZodError');
      }
      assert.notEqual(status, 'verified');
    }
  });
}

test('a role that was taken from a person since does not unmake what they decided', () => {
  const people = APPROVERS.map((one) => ({ ...one, roles: ['dev'] }));
  assert.notEqual(verifyRecord(written(), people).status, 'failed');
});

const MAIN = new URL('../../workers/main.ts', import.meta.url).href;

test('a report to verify that is a pipe, a device, a folder or endless is refused, not waited for', (t) => {
  const folder = folderOf(t);
  const at = (name: string) => join(folder, name);
  execFileSync('mkfifo', [at('pipe.json')]);
  symlinkSync('/dev/zero', at('zero.json'));
  writeFileSync(at('deep.json'), '['.repeat(200_000));
  for (const file of [at('pipe.json'), at('zero.json'), folder, at('deep.json')]) {
    const [program, ...args] = [...nodeCommand(MAIN), 'report', 'verify', file];
    const ended = spawnSync(program ?? '', args, {
      cwd: folder,
      timeout: 60_000,
      encoding: 'utf8',
    });
    assert.equal(ended.error, undefined, `${file}: ${String(ended.error)}`);
    assert.notEqual(ended.status, 0);
    assert.ok(ended.stderr.length > 0 && ended.stderr.length < 2_000, ended.stderr.slice(0, 300));
    assert.doesNotMatch(ended.stderr, /^\s+at /m, 'no stack');
  }
});
