/** What commands print, and the exit code of each answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusAnswer } from '../../../clients/cli/answers/status.js';
import type { Operations } from '../../../clients/cli/operations.js';
import { emptyReport } from '../report/sample-report.js';
import { unseenWords } from '../../../workflows/domain/crash/unseen.js';
import { standingOf } from './fixtures/standings.js';
import { run } from './run.js';
import { exposureGate } from '../../workflows/domain/gates/gate-shown.js';

test('status shows each kill switch that is engaged: where, by whom, since when, why', async (t) => {
  const machine = { where: 'machine' as const, host: 'host-a', reason: 'fat finger' };
  const guardian = { where: 'guardian' as const, host: null, reason: 'drill' };
  const status = async () => ({
    engineId: 'desk',
    standing: standingOf('trading'),
    killSwitch: { engaged: true, reason: 'fat finger - ada, 2026-01-02T03:04:05.000Z' },
    killSwitches: [
      { ...machine, by: 'ada', at: '2026-01-02T03:04:05.000Z' },
      { ...guardian, by: 'olga', at: '2026-01-02T03:04:06.000Z' },
    ],
    guardian: null,
    recovery: null,
    gate: null,
    unread: [],
  });
  const { stdout } = await run(t, { status }, 'status');
  const at = String.raw`2026-01-0\d \d\d:\d\d:0\d UTC\S* \(.* ago\)`;
  for (const line of [
    String.raw`on this machine \(host-a\) by ada, ${at}: fat finger`,
    `at its guardian by olga, ${at}: drill`,
  ]) {
    assert.match(stdout, new RegExp(`^  KILL SWITCH ENGAGED ${line}$`, 'm'));
  }
  const json: unknown = JSON.parse((await run(t, { status }, 'status', '--json')).stdout);
  assert.equal(StatusAnswer.parse(json)[0]?.killSwitches.length, 2);
});

test('status shows the notices that a channel has not taken', async (t) => {
  const untold = { dedupKey: 'k', title: 'Recover?', channel: 'pager', why: 'answered 503' };
  const undelivered = [{ ...untold, status: 'failing' as const, sinceMs: 0 }];
  const shown = async (change: object) => {
    const status = async () => ({
      engineId: 'desk',
      standing: standingOf('trading'),
      killSwitch: { engaged: false, reason: '' },
      killSwitches: [],
      guardian: null,
      recovery: { ...emptyReport().record, ...change },
      gate: null,
      unread: [],
    });
    return (await run(t, { status }, 'status')).stdout;
  };
  const line = '  NOT TOLD TO EVERYBODY: pager is failing (answered 503): "Recover?"\n';
  assert.ok((await shown({ undelivered })).includes(line));
  assert.doesNotMatch(await shown({}), /NOT TOLD/);
});

test('what could not be asked is told beside the rest, and is no quiet status', async (t) => {
  const unread = ['the record of recovery/desk/1: no worker answers for it'];
  const base = {
    engineId: 'desk',
    standing: standingOf('not_known'),
    killSwitch: { engaged: false, reason: '' },
    killSwitches: [],
    gate: null,
  };
  const status = async () => ({ ...base, guardian: null, recovery: null, unread });
  const { stdout, code } = await run(t, { status }, 'status');
  assert.match(stdout, /^desk: NOT KNOWN\n.*\n {2}COULD NOT BE ASKED: the record of recovery/);
  assert.doesNotMatch(stdout, /never reported|no open incident/);
  assert.equal(code, 5);
});

test('an engine of which there is no sign is not watched, which is no quiet status', async (t) => {
  const status = async () => ({
    engineId: 'desk',
    standing: standingOf('trading'),
    killSwitch: { engaged: false, reason: '' },
    killSwitches: [],
    guardian: null,
    recovery: null,
    gate: null,
    unread: ['its guardian: no worker answers'],
    notWatched: unseenWords(Date.UTC(2026, 10, 29, 3)),
  });
  const { stdout, code } = await run(t, { status }, 'status');
  assert.match(stdout, /^ {2}NOT WATCHED: no sign of it yet, looked for since 2026-11-29T03:00/m);
  assert.equal(code, 3);
});

test('a last recovery that Temporal no longer keeps is told by its outcome', async (t) => {
  const past = [{ incidentId: 'desk/1', workflowId: 'w', outcome: 'recovered' as const }];
  const guardian = {
    engineId: 'desk',
    epoch: 3,
    crashTimesMs: [1],
    hold: null,
    openIncident: null,
  };
  const status = async () => ({
    engineId: 'desk',
    standing: standingOf('trading'),
    killSwitch: { engaged: false, reason: '' },
    killSwitches: [],
    guardian: { ...guardian, past },
    recovery: null,
    gate: null,
    unread: [],
  });
  const { stdout, code } = await run(t, { status }, 'status');
  assert.match(
    stdout,
    /epoch 3, 1 crash in the window, .*\n {2}last recovery desk\/1: recovered; Temporal/,
  );
  assert.equal(code, 0);
});

test('status says on which version an engine is, and for how long', async (t) => {
  const base = {
    engineId: 'desk',
    standing: standingOf('trading'),
    killSwitch: { engaged: false, reason: '' },
    killSwitches: [],
    gate: null,
  };
  const of = (buildId: string, current: string | null) => ({
    ...base,
    guardian: null,
    recovery: null,
    unread: [],
    version: { buildId, current, runs: true },
  });
  const said = async (buildId: string, current: string | null) =>
    (await run(t, { status: async () => of(buildId, current) }, 'status')).stdout;
  assert.match(await said('2.0', '2.0'), /^ {2}on version 2\.0$/m);
  assert.match(await said('1.0', '2.0'), /^ {2}on version 1\.0 until .* incident; then on 2\.0$/m);
  assert.match(await said('1.0', null), /then on code without a version$/m);
});

test('gates that could not be asked for are no absence of gates', async (t) => {
  const openGates: Operations['openGates'] = async (onUnread) => {
    onUnread?.('desk: its guardian: no worker answers for it');
    return [];
  };
  const { stdout, stderr, code } = await run(t, { openGates }, 'gates');
  assert.equal(stdout, '');
  assert.match(stderr, /^COULD NOT BE ASKED: desk: its guardian/);
  assert.equal(code, 5);
});

test('report says that there is none yet', async (t) => {
  const { stdout, code } = await run(t, { reports: async () => [] }, 'report');
  assert.equal(stdout, 'No report yet.\n');
  assert.equal(code, 0);
});

test('report names the host that has one, and tells that others could not be read', async (t) => {
  const other = { incidentId: 'desk/1', outcome: 'halted', endedAtMs: 1, host: 'host-b' };
  const away = { pdf: null, json: null };
  const found = { reports: async () => [{ ...other, ...away }] };
  const listed = await run(t, found, 'report');
  assert.match(listed.stdout, /of host-b; to have it here: relight report desk\/1/);
  assert.equal(listed.code, 0);
  const cut: Partial<Operations> = {
    reports: async (_incident, onUnread) => {
      onUnread('ArtifactsUnreachable: away');
      return [];
    },
  };
  for (const args of [['report'], ['report', 'desk/2']]) {
    const { stderr, code } = await run(t, cut, ...args);
    assert.match(stderr, /^Reports of other hosts: ArtifactsUnreachable: away/);
    assert.equal(code, 5);
  }
});

test('gates begins with the gate', async (t) => {
  const gate = exposureGate({ gateId: 'desk/desk-e1/exposure', question: 'Go on?', evidence: {} });
  const openGates = async () => [{ engineId: 'desk', workflowId: 'w', gate }];
  const { stdout, stderr } = await run(t, { openGates }, 'gates');
  assert.equal(stderr, '');
  assert.match(stdout, /^desk WAITS FOR YOU: exposure\n=+\n {2}question {4} : Go on\?\n/);
  assert.match(stdout, /gate +: desk\/exposure, whole: desk\/desk-e1\/exposure$/m);
});
