/** A pid means one process on one host, in one boot and one PID namespace: what is told of any other. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { watchedInstance, watchedRecordPath } from '../../../clients/detector/watched.js';
import { placeHere, standingOf, toldPlace, whyUnseen } from '../../../clients/host/place.js';
import { encodeHeartbeat } from '../../../workflows/domain/engine/liveness.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { run } from '../host/processes.js';
import { createDetectorRig, severalLooks, type DetectorRig } from './rig.js';

const HERE = placeHere('this-host');
const NO_PROCESS = { instanceId: 'desk-e1', pid: 4_194_304, startTicks: '1', build: '', epoch: 1 };

function keep(rig: DetectorRig, place: object, ended = 'no'): void {
  const path = watchedRecordPath(rig.folder, 'desk');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ instance: NO_PROCESS, ended, ...place }));
}

test('what was watched by another host is never reported by this one', async (t) => {
  const rig = createDetectorRig(t);
  keep(rig, { ...toldPlace(HERE), host: 'other-host' });
  await rig.start();
  await severalLooks();
  assert.deepEqual(rig.reports, []);
  assert.ok(rig.logged.some((line) => line.includes('is of another host')));
});

test('what was watched in a boot that is over is gone, and told with that boot', async (t) => {
  const rig = createDetectorRig(t);
  keep(rig, { ...toldPlace(HERE), bootId: 'the-boot-before' });
  const first = await rig.start();
  const report = await eventually('it is reported', () => rig.reports[0] ?? false);
  assert.deepEqual(
    [report.suspicion, report.host, report.bootId, report.probe],
    ['dead', 'this-host', 'the-boot-before', 'watched_record'],
  );
  await eventually('that is kept', () => rig.record().ended === 'reported');
  await first.stop();
  await rig.start();
  await severalLooks();
  assert.equal(rig.reports.length, 1);
});

test('a pid of an earlier boot is not taken for a process of this one', async (t) => {
  const rig = createDetectorRig(t);
  const { pid, startTicks } = await run(t);
  const instance = { ...NO_PROCESS, pid, startTicks };
  keep(rig, { ...toldPlace(HERE), bootId: 'the-boot-before', instance });
  const whose = { stateFolder: rig.folder, engineId: 'desk', place: HERE };
  assert.equal(await watchedInstance(whose), null);
  await rig.start();
  await eventually('its death is told', () => rig.reports[0]?.bootId === 'the-boot-before');
});

test('a planned stop before a boot is no crash', async (t) => {
  const rig = createDetectorRig(t);
  keep(rig, { ...toldPlace(HERE), bootId: 'the-boot-before' }, 'leaving');
  await rig.start();
  await severalLooks();
  assert.deepEqual(rig.reports, []);
});

test('of another PID namespace no death is told, and silence as what it is', async (t) => {
  const rig = createDetectorRig(t);
  keep(rig, { ...toldPlace(HERE), pidNamespace: 'pid:[1]' });
  await rig.start();
  await severalLooks();
  assert.deepEqual(rig.reports, []);
  const report = await eventually('its silence is told', () => rig.reports[0] ?? false);
  assert.deepEqual([report.suspicion, report.pidNamespace], ['hung', 'pid:[1]']);
  assert.match(report.detail, /whether it lives is not known/);
});

test('of another PID namespace a beat is new by its number, whatever its clock says', async (t) => {
  const [beating, silent] = [createDetectorRig(t), createDetectorRig(t)];
  const { pid, startTicks } = NO_PROCESS;
  const beat = (rig: DetectorRig, atMs: number, number: number) => {
    const record = { pid, startTicks, epoch: 1, timestampMs: atMs, monotonicMs: null };
    writeFileSync(join(rig.folder, 'heartbeat'), encodeHeartbeat(record, number));
  };
  let number = 1;
  beat(silent, Date.now() + 86_400_000, number);
  const beats = setInterval(() => beat(beating, 0, (number += 1)), 200);
  t.after(() => clearInterval(beats));
  for (const rig of [beating, silent]) {
    keep(rig, { ...toldPlace(HERE), pidNamespace: 'pid:[1]' });
    await rig.start();
  }
  await eventually('the silent one is told', () => silent.reports.length === 1);
  await severalLooks();
  assert.deepEqual(beating.reports, []);
});

test('an engine of another PID namespace that says hello is not told of', async (t) => {
  const rig = createDetectorRig(t);
  keep(rig, { ...toldPlace(HERE), pidNamespace: 'pid:[1]' });
  await rig.start();
  await rig.engine();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  assert.deepEqual(rig.reports, []);
});

test('a record of an earlier version is of the host that has it', async (t) => {
  const rig = createDetectorRig(t);
  keep(rig, {});
  await rig.start();
  const report = await eventually('it is reported', () => rig.reports[0] ?? false);
  assert.deepEqual(
    [report.suspicion, report.host, report.bootId],
    ['dead', 'this-host', HERE.bootId],
  );
});

test('where a process stands, by what is known of its place', () => {
  const told = toldPlace(HERE);
  assert.equal(standingOf(told, HERE), 'here');
  assert.equal(standingOf({ host: 'this-host' }, HERE), 'here');
  assert.equal(standingOf({ ...told, host: 'other' }, HERE), 'elsewhere');
  assert.equal(standingOf({ ...told, bootId: 'x' }, HERE), 'ended');
  assert.equal(standingOf({ ...told, bootId: 'x' }, { ...HERE, bootId: null }), 'elsewhere');
  assert.equal(standingOf({ ...told, pidNamespace: 'x' }, HERE), 'elsewhere');
  assert.equal(standingOf(told, { ...HERE, pidNamespace: null }), 'elsewhere');
});

test('a machine is the place of an engine by what has run there, never by its name', () => {
  const here = toldPlace(HERE);
  const why = (heard: typeof here | null, agent: typeof here | null) =>
    whyUnseen({ heard, agent }, HERE);
  assert.equal(why(here, null), null);
  assert.equal(why(null, here), null);
  assert.match(why(null, null) ?? '', /nothing but its name .* no agent has run here$/);
  const before = { ...here, bootId: 'the-boot-before' };
  assert.match(why(before, before) ?? '', /no agent has run here since this machine has started$/);
  assert.equal(why(before, here), null);
  const inside = { ...here, pidNamespace: 'pid:[1]' };
  assert.match(why(inside, here) ?? '', /last heard of .* another PID namespace/);
  assert.match(why(null, inside) ?? '', /its agent runs .* another PID namespace/);
  assert.match(why({ ...here, host: 'other' }, here) ?? '', /on another host/);
  // What an earlier version wrote may be a copy on another machine.
  assert.notEqual(why({ host: HERE.host }, null), null);
  assert.notEqual(why(null, { host: HERE.host }), null);
  assert.equal(why({ host: HERE.host }, here), null);
});
