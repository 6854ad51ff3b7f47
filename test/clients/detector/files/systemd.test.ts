/** What systemd says of a failed service, alone: facts of the death of that very run, and of no other. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createUnitFailures } from '../../../../clients/host/unit-failures.js';
import type { Exit } from '../../../../workflows/domain/crash/cause/exit.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { causeFactsOf } from '../../../../workflows/domain/crash/sightings.js';
import { factsOfUnit } from '../../../../workflows/domain/crash/unit-failure.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { folderOf, run } from '../../host/processes.js';
import { createDetectorRig, severalLooks } from '../rig.js';
import { fakeSystemctl } from '../systemctl.js';
import { firstReport, isWatched } from './unaware.js';

const unit = 'desk.service';
const [first, second] = ['1'.repeat(32), '2'.repeat(32)];

async function watching(t: TestContext, env: Record<string, string>) {
  const rig = createDetectorRig(t);
  const systemctl = fakeSystemctl(t, rig.folder);
  systemctl(0);
  await rig.start({ liveness: [{ kind: 'systemd', unit, everyMs: 100 }], kernel: [] });
  const engine = await run(t, { env });
  systemctl(engine.pid, first);
  await isWatched(rig, engine);
  const failures = createUnitFailures(rig.folder);
  const tell = (invocationId: string, result: string, code: string, status: string) =>
    failures.keep({ unit, invocationId, result, code, status });
  return { rig, engine, tell };
}

const factsOf = (report: CrashReport) => causeFactsOf(report, []);

test('a failure after the death is a fact of it, by the run in its environment', async (t) => {
  const { rig, engine, tell } = await watching(t, { INVOCATION_ID: second });
  engine.child.kill('SIGKILL');
  const report = await firstReport(rig);
  assert.deepEqual([report.probe, report.suspicion], ['unit_failure', 'dead']);
  assert.match(report.detail, /is gone, and systemd has told no failure of it$/);
  await tell(first, 'exit-code', 'exited', '3'); // of an earlier run
  await severalLooks();
  assert.equal(factsOf(await firstReport(rig)).exit, null);
  await tell(second, 'oom-kill', 'killed', 'KILL');
  const facts = await eventually('it is told', () => {
    const known = factsOf(rig.reports[0] as CrashReport);
    return known.exit !== null && known;
  });
  assert.deepEqual(facts.exit, { code: null, signal: 'SIGKILL', core: false });
  assert.equal(facts.oomKilled, true);
  assert.equal(rig.reports.length, 1);
});

test('a failure while the process lives is no death; where its environment tells no run, systemd does', async (t) => {
  const { rig, engine, tell } = await watching(t, {});
  await tell(first, 'timeout', 'killed', 'TERM');
  await severalLooks();
  assert.deepEqual(rig.reports, []);
  engine.child.kill('SIGTERM');
  const report = await firstReport(rig);
  assert.equal(report.detail, `systemd: ${unit} has failed (timeout: killed TERM)`);
  assert.deepEqual(factsOf(report).exit, { code: null, signal: 'SIGTERM', core: false });
});

const ENDINGS: readonly [code: string, status: string, exit: Exit | null][] = [
  ['exited', '3', { code: 3, signal: null }],
  ['killed', 'HUP', { code: null, signal: 'SIGHUP', core: false }],
  ['dumped', 'SEGV', { code: null, signal: 'SIGSEGV', core: true }],
  ['killed', 'RTMIN+3', { code: null, signal: 'SIGRTMIN+3', core: false }],
  ['exited', 'NOTHING', null],
  ['killed', '9; reboot', null],
  ['', '', null],
];

for (const [code, status, exit] of ENDINGS) {
  test(`systemd's "${code}" and "${status}" are an end that is told`, () => {
    const failure = { unit, invocationId: first, result: 'signal', code, status };
    assert.deepEqual(factsOfUnit(failure), { exit, oomKilled: false });
  });
}

test('of failures the newest are kept, and one that cannot be read is none', async (t) => {
  const failures = createUnitFailures(folderOf(t));
  const idOf = (at: number) => at.toString(16).padStart(32, '0');
  const failure = { unit, result: 'signal', code: 'killed', status: 'KILL' };
  for (let at = 0; at < 103; at += 1) {
    await failures.keep({ ...failure, invocationId: idOf(at) });
  }
  assert.equal(await failures.of({ unit, invocationId: idOf(0) }), null);
  const newest = { unit, invocationId: idOf(102) };
  assert.deepEqual(await failures.of(newest), { ...failure, ...newest });
  writeFileSync(join(failures.folder, `${unit}--${idOf(102)}.json`), '{');
  assert.equal(await failures.of(newest), null);
});
