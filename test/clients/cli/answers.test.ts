/** What commands print, and the exit code of each answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShutdownAnswer } from '../../../clients/cli/answers/schemas.js';
import { StatusAnswer } from '../../../clients/cli/answers/status.js';
import type { Operations } from '../../../clients/cli/operations.js';
import { emptyReport } from '../report/sample-report.js';
import { unseenWords } from '../../../workflows/domain/crash/unseen.js';
import { run } from './run.js';

const FINE = { result: 'fine', failed: false };
const BAD = { result: 'bad', failed: true };
const STOPPED: ShutdownAnswer = {
  engineId: 'desk',
  latch: FINE,
  engine: FINE,
  guardian: null,
  venues: [],
};

test('shutdown says no where any step failed, the latch and the engine included', async (t) => {
  const asked = async (answer: Partial<ShutdownAnswer>) => {
    const shutdown = async () => ({ ...STOPPED, ...answer });
    return run(t, { latch: async () => STOPPED.latch, shutdown }, 'shutdown', '--reason', 'test');
  };
  const venue = { venue: 'binance', ...FINE, orders: null };
  const fine = await asked({ venues: [venue] });
  assert.equal(fine.code, 0);
  assert.equal(fine.stdout, 'desk: kill switch fine\n  engine: fine\n  binance: fine\n');
  assert.equal((await asked({ latch: BAD })).code, 3);
  assert.equal((await asked({ engine: BAD })).code, 3);
  assert.equal((await asked({ guardian: BAD })).code, 3);
  assert.equal((await asked({ venues: [venue, { ...venue, ...BAD }] })).code, 3);
});

test('of all engines every latch is turned before anything else is begun', async (t) => {
  const did: string[] = [];
  const operations: Partial<Operations> = {
    engines: () => ['a', 'b', 'c'],
    latch: async (engineId) => {
      await new Promise((resolve) => setImmediate(resolve));
      did.push(`latch ${engineId}`);
      return FINE;
    },
    shutdown: async (engineId, _reason, { latch }) => {
      did.push(`stop ${engineId}`);
      return { ...STOPPED, engineId, latch };
    },
  };
  const { stdout, code } = await run(t, operations, 'shutdown', '--all', '--reason', 'x');
  assert.deepEqual(did, ['latch a', 'latch b', 'latch c', 'stop a', 'stop b', 'stop c']);
  assert.match(stdout, /^a: kill switch fine\nb: kill switch fine\nc: kill switch fine\n/);
  assert.equal(code, 0);
});

test('status shows each kill switch that is engaged: where, by whom, since when, why', async (t) => {
  const machine = { where: 'machine' as const, host: 'host-a', reason: 'fat finger' };
  const guardian = { where: 'guardian' as const, host: null, reason: 'drill' };
  const status = async () => ({
    engineId: 'desk',
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
  assert.ok(
    stdout.includes(
      '  KILL SWITCH ENGAGED on this machine (host-a) by ada, 2026-01-02T03:04:05.000Z: fat finger\n' +
        '  KILL SWITCH ENGAGED at its guardian by olga, 2026-01-02T03:04:06.000Z: drill\n',
    ),
    stdout,
  );
  const json: unknown = JSON.parse((await run(t, { status }, 'status', '--json')).stdout);
  assert.equal(StatusAnswer.parse(json)[0]?.killSwitches.length, 2);
});

test('shutdown wants a reason, and so does its release', async (t) => {
  const shutdown = async () => assert.fail('nothing was to be stopped');
  const { stderr, code } = await run(t, { latch: shutdown, shutdown }, 'shutdown');
  assert.match(stderr, /Say why with --reason/);
  assert.equal(code, 2);
  const released = async (answer: boolean, ...args: string[]) =>
    run(
      t,
      { releaseKillSwitch: async () => ({ released: answer, guardian: FINE }) },
      'shutdown',
      '--release',
      ...args,
    );
  const why = ['--reason', 'looked at it'];
  const bare = await released(true);
  assert.match(bare.stderr, /Say with --reason why/);
  assert.equal(bare.code, 2);
  const lines = (said: string) => `desk: ${said}\n  guardian: fine\n`;
  assert.equal((await released(true, ...why)).stdout, lines('kill switch released'));
  assert.equal((await released(false, ...why)).stdout, lines('it was not engaged'));
  const { stdout } = await released(true, '--json', ...why);
  assert.deepEqual(JSON.parse(stdout), { engineId: 'desk', released: true, guardian: FINE });
});

test('a release keeps no orders: the pair is refused, and nothing is released', async (t) => {
  const releaseKillSwitch = async () => assert.fail('nothing was to be released');
  const { stderr, code } = await run(
    t,
    { releaseKillSwitch },
    'shutdown',
    '--release',
    '--keep-orders',
  );
  assert.match(stderr, /^--keep-orders is of a stop/);
  assert.equal(code, 2);
});

for (const given of ['', ' \t']) {
  test(`shutdown with the reason "${given}" stops all the same, and says so`, async (t) => {
    const reasons: string[] = [];
    const shutdown: Operations['shutdown'] = async (_engineId, reason) => {
      reasons.push(reason);
      return STOPPED;
    };
    const { stderr, code } = await run(
      t,
      { latch: async () => STOPPED.latch, shutdown },
      'shutdown',
      '--reason',
      given,
    );
    assert.deepEqual(reasons, ['(no reason given)']);
    assert.match(stderr, /^--reason is empty: the latch will say "\(no reason given\)"$/m);
    assert.equal(code, 0);
  });
}

test('status shows the notices that a channel has not taken', async (t) => {
  const untold = { dedupKey: 'k', title: 'Recover?', channel: 'pager', why: 'answered 503' };
  const undelivered = [{ ...untold, status: 'failing' as const, sinceMs: 0 }];
  const shown = async (change: object) => {
    const status = async () => ({
      engineId: 'desk',
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
    killSwitch: { engaged: false, reason: '' },
    killSwitches: [],
    gate: null,
  };
  const status = async () => ({ ...base, guardian: null, recovery: null, unread });
  const { stdout, code } = await run(t, { status }, 'status');
  assert.match(stdout, /^desk: not known\n {2}COULD NOT BE ASKED: the record of recovery/);
  assert.doesNotMatch(stdout, /never reported|no open incident/);
  assert.equal(code, 5);
});

test('an engine of which there is no sign is not watched, which is no quiet status', async (t) => {
  const status = async () => ({
    engineId: 'desk',
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
    /epoch 3, 1 crash in the window\n {2}last recovery desk\/1: recovered; Temporal/,
  );
  assert.equal(code, 0);
});

test('status says on which version an engine is, and for how long', async (t) => {
  const base = {
    engineId: 'desk',
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
  const gate = {
    gateId: 'incident/exposure',
    question: 'Go on?',
    onApprove: 'goes on',
    onReject: 'halts',
    quorum: 1,
    roles: ['risk'],
    attempt: 1,
    expiresAtMs: null,
    evidence: {},
    evidenceHash: 'abc',
  };
  const openGates = async () =>
    [{ engineId: 'desk', workflowId: 'w', gate }] as unknown as Awaited<
      ReturnType<Operations['openGates']>
    >;
  const { stdout } = await run(t, { openGates }, 'gates');
  assert.match(stdout, /^gate\s+incident\/exposure *\nquestion\s+Go on\?/);
});
