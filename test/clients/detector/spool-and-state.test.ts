/** No report is lost, whatever is away or damaged: Temporal, the disk, the detector itself. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createSpool } from '../../../clients/detector/spool.js';
import { watchedRecordPath } from '../../../clients/detector/watched.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf } from '../host/processes.js';
import { createDetectorRig, severalLooks } from './rig.js';

const report: CrashReport = {
  engineId: 'desk/one',
  instance: { instanceId: 'desk-e1', pid: 1, startTicks: '1', build: '', epoch: 1 },
  suspicion: 'dead',
  probe: 'socket',
  detail: '',
  detectedAtMs: 1_700_000_000_000,
  host: 'this-host',
};

test('a report stays spooled while Temporal is away, and is told when it is back', async (t) => {
  const rig = createDetectorRig(t);
  rig.guardian.away = true;
  await rig.start();
  const engine = await rig.engine();
  engine.child.kill('SIGKILL');
  await eventually('it is tried again', () => rig.guardian.asked >= 2);
  // It is written and told side by side.
  await eventually('it is spooled', () => rig.spooled().join() === 'desk--desk-e1.json');
  assert.deepEqual(rig.reports, []);
  rig.guardian.away = false;
  await eventually('it is delivered', () => rig.reports.length === 1);
  await eventually('the spool is empty', () => rig.spooled().length === 0);
});

test('a report that an earlier detector could not deliver is delivered by the next', async (t) => {
  const rig = createDetectorRig(t);
  rig.guardian.away = true;
  const first = await rig.start();
  const engine = await rig.engine();
  engine.child.kill('SIGKILL');
  await eventually('it is tried', () => rig.guardian.asked >= 1);
  await first.stop();
  await severalLooks();
  await eventually('it is spooled', () => rig.spooled().join() === 'desk--desk-e1.json');
  rig.guardian.away = false;
  const second = await rig.start();
  await second.delivery.resume();
  await eventually('the spool is empty', () => rig.spooled().length === 0);
  await severalLooks();
  assert.deepEqual(
    rig.reports.map(({ instance }) => instance.pid),
    [engine.pid],
  );
});

test('a detector that dies before its report is on disk tells it in its next life', async (t) => {
  const rig = createDetectorRig(t);
  let told = 0;
  const never = () => {
    told += 1;
    return new Promise<null>(() => undefined);
  };
  const nothing = () => undefined;
  const later = async () => undefined;
  const delivery = { send: never, update: nothing, withdraw: later, resume: later, stop: nothing };
  const first = await rig.start({ delivery });
  const engine = await rig.engine();
  engine.child.kill('SIGKILL');
  await eventually('the first detector has seen it', () => told === 1);
  await first.stop();
  await rig.start();
  const next = await eventually('the next one tells', () => rig.reports[0] ?? false);
  assert.equal(next.instance.pid, engine.pid);
});

test('a detector starts over a damaged record, and watches the next hello', async (t) => {
  for (const content of ['', '{', 'null', '{"instance":{},"ended":"no"}']) {
    const rig = createDetectorRig(t);
    const path = watchedRecordPath(rig.folder, 'desk');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    const detector = await rig.start();
    await detector.stop();
  }
});

test('a state folder that cannot be written does not silence the detector', async (t) => {
  const rig = createDetectorRig(t);
  const stateFolder = join(rig.folder, 'no-folder');
  writeFileSync(stateFolder, 'a file where the folder should be');
  await rig.start({ stateFolder });
  const engine = await rig.engine({ greeted: false });
  await eventually('hello is heard', () => rig.logged.some((line) => line.includes('says hello')));
  engine.child.kill('SIGKILL');
  const told = await eventually('it is reported', () => rig.reports[0] ?? false);
  assert.equal(told.instance.pid, engine.pid);
});

test('a full disk delays no report: it is delivered although it cannot be spooled', async (t) => {
  const rig = createDetectorRig(t);
  writeFileSync(join(rig.folder, 'spool'), 'a file where the folder should be');
  await rig.start();
  const engine = await rig.engine();
  engine.child.kill('SIGKILL');
  await eventually('it is reported', () => rig.reports.length === 1);
  const next = await rig.engine({ instanceId: 'desk-e2' });
  next.child.kill('SIGKILL');
  await eventually('the detector still works', () => rig.reports.length === 2);
});

test('a report spooled twice is one report, and comes back as it was', async (t) => {
  const folder = folderOf(t);
  const spool = createSpool(folder);
  await spool.put(report);
  await Promise.all([spool.put(report), spool.put(report)]);
  assert.deepEqual(await createSpool(folder).pending(), [report]);
  await spool.remove(report);
  await spool.remove(report);
  assert.deepEqual(await spool.pending(), []);
});

test('a spool file that cannot be read is kept aside, and hides no other report', async (t) => {
  const folder = folderOf(t);
  const spool = createSpool(folder);
  await spool.put(report);
  writeFileSync(join(folder, 'damaged.json'), '{"engineId":');
  writeFileSync(join(folder, 'other.json'), '{"engineId":"desk"}');
  assert.deepEqual(await spool.pending(), [report]);
  assert.ok(readdirSync(folder).includes('damaged.json.unreadable'));
  assert.equal(readFileSync(join(folder, 'damaged.json.unreadable'), 'utf8'), '{"engineId":');
  assert.deepEqual(await spool.pending(), [report]);
});
