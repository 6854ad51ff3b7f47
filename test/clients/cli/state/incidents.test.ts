/** `relight incidents` and `relight incident ID`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IncidentsAnswer, WholeIncident } from '../../../../clients/cli/answers/incidents.js';
import type { Operations } from '../../../../clients/cli/operations.js';
import { emptyReport } from '../../report/sample-report.js';
import { run } from '../run.js';

const NO_FILES = { pdf: null, json: null };
const OPEN = {
  incidentId: 'desk/2',
  engineId: 'desk',
  state: 'waiting' as const,
  gate: 'exposure',
  cause: 'segfault',
  outcome: null,
  beganAt: new Date(Date.now() - 12 * 60_000).toISOString(),
  endedAt: null,
  ...NO_FILES,
};
const ENDED = {
  ...OPEN,
  incidentId: 'desk/1',
  state: 'ended' as const,
  gate: null,
  outcome: 'halted',
  beganAt: '2026-11-29T03:00:00.000Z',
  endedAt: '2026-11-29T03:23:00.000Z',
};
const FILED = { ...ENDED, incidentId: 'desk/0', cause: null, beganAt: null };

const known: Partial<Operations> = { incidents: async () => [OPEN, ENDED, FILED] };

test('incidents are listed with state, cause, how long and how they ended', async (t) => {
  const { stdout, code } = await run(t, known, 'incidents');
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^desk\/2: WAITING FOR YOU: exposure\n {2}segfault; began .* \(12 min[^)]* ago\), open for 12 min/m,
  );
  assert.match(stdout, /^desk\/1: halted\n {2}segfault; began .*, took 23 min$/m);
  assert.match(stdout, /^desk\/0: halted\n {2}cause not known; ended 2026-11-29 /m);
  const json = await run(t, known, 'incidents', '--json');
  assert.equal(IncidentsAnswer.parse(JSON.parse(json.stdout)).length, 3);
});

test('a server that is away hides no report, and is told by exit code 5', async (t) => {
  const cut: Partial<Operations> = {
    incidents: async (_most, onUnread) => {
      onUnread('Temporal: away');
      return [FILED];
    },
  };
  const { stdout, stderr, code } = await run(t, cut, 'incidents');
  assert.equal(code, 5);
  assert.match(stdout, /^desk\/0/);
  assert.match(stderr, /^COULD NOT BE ASKED: Temporal: away/);
});

test('one incident is told whole, with its files', async (t) => {
  const { record } = emptyReport();
  const step = { name: 'risk' as const, startedAtMs: 1, endedAtMs: 2, attempts: 1 };
  const gate = { gateId: 'g', kind: 'exposure' as const, attempt: 1, openedAtMs: 1, closedAtMs: 2 };
  const said = { answer: 'approve' as const, approver: 'mei', reason: 'hedged', decidedAtMs: 2 };
  const whole = {
    ...record,
    outcome: 'halted' as const,
    warnings: ['1.2 BTC without a stop'],
    steps: [{ ...step, status: 'failed' as const, detail: 'above its limit' }],
    gates: [{ ...gate, question: 'Resume?', outcome: 'approved' as const, decisions: [said] }],
    evidence: { folder: '/evidence/desk-1', items: [] },
  };
  const files = { pdf: '/r/recovery.pdf', json: '/r/recovery.json' };
  const report = { incidentId: 'x', outcome: 'halted', endedAtMs: 1, host: null, ...files };
  const operations = { recordOf: async () => whole, reports: async () => [report] };
  const { stdout, code } = await run(t, operations, 'incident', 'desk/1');
  assert.equal(code, 0);
  for (const shown of [
    /: halted$/m,
    /1\.2 BTC without a stop/,
    /failed .*above its limit/,
    /exposure, attempt 1: approved\n {4}Resume\?\n {4}approve by mei at .*: hedged/,
    /^ {2}\/r\/recovery\.pdf\n {2}\/r\/recovery\.json\n {2}\/evidence\/desk-1$/m,
  ]) {
    assert.match(stdout, shown);
  }
  const json = await run(t, operations, 'incident', 'desk/1', '--json');
  assert.deepEqual(WholeIncident.parse(JSON.parse(json.stdout)).files, {
    ...files,
    evidence: ['/evidence/desk-1'],
  });
});

test('one that nobody knows is no failure of the server, and one that could not be asked for is', async (t) => {
  const none = await run(t, { recordOf: async () => null }, 'incident', 'desk/9');
  assert.equal(none.code, 3);
  assert.match(none.stderr, /No incident "desk\/9" is known/);
  const cut: Partial<Operations> = {
    recordOf: async (_id, onUnread) => {
      onUnread('Temporal: away');
      return null;
    },
  };
  assert.equal((await run(t, cut, 'incident', 'desk/9')).code, 5);
});
