/** An engine that never came up, and is to be recovered then: reported once, and only where nothing of it is there. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import type { LivenessEntry } from '../../../clients/detector/settings.js';
import { signsOf } from '../../../clients/detector/signs.js';
import { unseenSinceMs } from '../../../clients/detector/unseen.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf, run } from '../host/processes.js';
import { createDetectorRig, type DetectorRig } from './rig.js';

const pidFileOf = ({ folder }: { folder: string }) => join(folder, 'engine.pid');
const byPidFile = (rig: { folder: string }): LivenessEntry[] => [
  { kind: 'process', pidFile: pidFileOf(rig), everyMs: 50 },
];
const recovering = (rig: DetectorRig) =>
  ({ liveness: byPidFile(rig), startsWithinMs: 1, neverCameUp: 'recover' }) as const;
/** Twice what a look for the first sign needs. */
const twoLooks = () => sleep(2_500);
const isReported = (rig: DetectorRig) =>
  eventually('it is reported', () => rig.reports[0] ?? false);

test('it is reported once, by a later detector as the same, and a sign takes its note away', async (t) => {
  const rig = createDetectorRig(t);
  const first = await rig.start(recovering(rig));
  const { instance, suspicion, host, detail } = await isReported(rig);
  const sinceMs = await unseenSinceMs({ stateFolder: rig.folder, engineId: 'desk' });
  assert.equal(instance.instanceId, `never-came-up-this-host-${sinceMs}`);
  assert.deepEqual([instance.pid, suspicion, host], [null, 'never_came_up', 'this-host']);
  assert.match(detail, /no process of it was ever seen on this-host/);
  await twoLooks();
  assert.equal(rig.guardian.asked, 1);
  assert.deepEqual([rig.told.length, rig.told[0]?.[1]], [1, 'released']);
  assert.deepEqual(rig.unseen, [], 'people are told once, of the report');
  await first.stop();
  await rig.start(recovering(rig));
  await eventually('it is told again', () => rig.guardian.asked === 2);
  assert.deepEqual(
    rig.reports.map((report) => report.instance.instanceId),
    [instance.instanceId],
  );
  const engine = await run(t);
  writeFileSync(pidFileOf(rig), String(engine.pid));
  const noted = () => unseenSinceMs({ stateFolder: rig.folder, engineId: 'desk' });
  await eventually('the note is gone', async () => (await noted()) === null);
});

test('it is only told where that is not asked for, where it may live, and where a source has warned', async (t) => {
  const only = createDetectorRig(t);
  await only.start({ liveness: byPidFile(only), startsWithinMs: 1 });
  const living = createDetectorRig(t);
  living.life.why = 'its control surface answers';
  await living.start(recovering(living));
  const warned = createDetectorRig(t);
  writeFileSync(pidFileOf(warned), 'no pid');
  await warned.start(recovering(warned));
  const why = (rig: DetectorRig) =>
    eventually('people are told', () => (rig.unseen[0] === undefined ? false : rig.unseen[0]));
  assert.equal((await why(only))[2], null);
  assert.equal((await why(living))[2], 'its control surface answers');
  assert.match((await why(warned))[2] ?? '', /is not watched: .* begins with no pid/);
  await twoLooks();
  for (const rig of [only, living, warned]) {
    assert.deepEqual([rig.reports, rig.told, rig.unseen.length], [[], [], 1]);
  }
  assert.equal(only.life.asked + warned.life.asked, 0);
});

test('it is not reported under the kill switch, nor when it has come up before', async (t) => {
  const rig = createDetectorRig(t);
  rig.killSwitch.engaged = true;
  await rig.start(recovering(rig));
  const other = createDetectorRig(t);
  const engine = await run(t);
  writeFileSync(pidFileOf(other), String(engine.pid));
  await other.start(recovering(other));
  await twoLooks();
  assert.deepEqual([rig.reports, rig.unseen, other.reports, other.unseen], [[], [], [], []]);
  rig.killSwitch.engaged = false;
  await isReported(rig);
});

test('a sign that comes before the report has arrived takes it back, and a later detector looks anew', async (t) => {
  const rig = createDetectorRig(t);
  rig.guardian.away = true;
  const first = await rig.start(recovering(rig));
  await eventually('it is spooled', () => rig.guardian.asked > 0 && rig.spooled().length === 1);
  await first.stop();
  // What an earlier detector has left is not delivered, for it may be true no longer.
  const second = await rig.start({ ...recovering(rig), startsWithinMs: 5_000 });
  await second.delivery.resume();
  assert.deepEqual(rig.spooled(), []);
  await second.stop();
  await rig.start(recovering(rig));
  await eventually('it is spooled again', () => rig.spooled().length === 1);
  const engine = await run(t);
  writeFileSync(pidFileOf(rig), String(engine.pid));
  await eventually('it is taken back', () => rig.spooled().length === 0);
  rig.guardian.away = false;
  const { asked } = rig.guardian;
  await sleep(6_000); // longer than until the next try
  assert.deepEqual([rig.reports, rig.guardian.asked], [[], asked]);
});

test('each source is asked anew for whoever must know whether it lives', async (t) => {
  const at = { folder: folderOf(t) };
  const match = { command: `sleep 600 --never-${process.pid}`, executable: process.execPath };
  const entries: LivenessEntry[] = [
    { kind: 'socket', socket: join(at.folder, 's.sock'), goodbyeMs: 500 },
    { kind: 'heartbeat', file: join(at.folder, 'beats') },
    { kind: 'process', match, everyMs: 50 },
    ...byPidFile(at),
  ];
  const look = () => signsOf(entries, { executable: process.execPath });
  assert.deepEqual(await look(), { looking: 1, named: [], doubts: [] });
  writeFileSync(pidFileOf(at), 'no pid');
  const doubted = await look();
  assert.match(doubted.doubts.join(), /by its pid file: .* begins with no pid/);
  const engine = await run(t);
  writeFileSync(pidFileOf(at), String(engine.pid));
  const named = await look();
  assert.deepEqual(named, {
    looking: 1,
    named: [`its pid file names pid ${engine.pid}`],
    doubts: [],
  });
});
