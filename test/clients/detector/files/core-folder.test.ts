/** The folder in which cores appear, alone: real cores of real processes, and what only looks like one. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { CoreSettings } from '../../../../clients/detector/kinds/core-folder.js';
import {
  coreFoldersOf,
  coreNamesOf,
  parseCorePattern,
} from '../../../../clients/host/forensics/cores/core-pattern.js';
import { coreSeen } from '../../../../clients/host/forensics/cores/find-core.js';
import { whyNoCore } from '../../../needs.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { coreIn, folderOf, run } from '../../host/processes.js';
import { createDetectorRig, severalLooks } from '../rig.js';
import { firstReport, isWatched, seenBy, unawareEngine } from './unaware.js';

const SKIP = whyNoCore();

/** The folder alone tells: the look beside it is a minute away. */
async function watching(t: TestContext, options: { everyMs?: number; folder?: string } = {}) {
  const rig = createDetectorRig(t);
  const { match, start } = unawareEngine(t, rig);
  const { everyMs = 60_000, folder = rig.folder } = options;
  const core = CoreSettings.parse({ kind: 'core', folder, match, everyMs });
  await rig.start({ liveness: [core], kernel: [] });
  return { rig, start };
}

test('a core alone: its process has crashed, by its notes', { skip: SKIP }, async (t) => {
  const { rig, start } = await watching(t);
  const engine = await start();
  await isWatched(rig, engine);
  engine.child.kill('SIGSEGV');
  const report = await firstReport(rig);
  const { pid, startTicks } = report.instance;
  assert.deepEqual([pid, startTicks], [engine.pid, engine.startTicks]);
  assert.equal(report.probe, 'core_file');
  assert.match(
    report.detail,
    new RegExp(`^pid ${pid} (?:writes its core|is gone, and has left core)`),
  );
});

test(
  'a core of another program, a copy of an old one and other files are no death',
  { skip: SKIP },
  async (t) => {
    const { rig, start } = await watching(t, { everyMs: 100 });
    const engine = await start();
    await isWatched(rig, engine);
    const stranger = await run(t, { cwd: rig.folder });
    stranger.child.kill('SIGSEGV');
    await stranger.exited;
    const core = coreIn(rig.folder);
    copyFileSync(core, join(rig.folder, 'copy'));
    renameSync(join(rig.folder, 'copy'), join(rig.folder, `core.${engine.pid}`));
    writeFileSync(join(rig.folder, 'engine.1000.crash'), 'report');
    await severalLooks();
    assert.deepEqual(rig.reports, []);
    engine.child.kill('SIGKILL');
    const { detail } = await firstReport(rig);
    assert.match(detail, /is gone, and no core of it is in /);
  },
);

test(
  'a large core that is being written is told before it is whole, and its end then',
  { skip: SKIP },
  async (t) => {
    const rig = createDetectorRig(t);
    const command = `beating-engine.* ${rig.socket.replaceAll(/[/.]/g, '\\$&')}`;
    const entry = { kind: 'core', folder: rig.folder, match: { command }, everyMs: 100 };
    await rig.start({ liveness: [CoreSettings.parse(entry)], kernel: [] });
    const engine = await rig.engine({ megabytes: 1_024 });
    engine.child.kill('SIGSEGV');
    await eventually('its end is told', () => seenBy(rig).length === 2);
    assert.deepEqual(seenBy(rig), [
      ['core_file', 'dumping_core'],
      ['core_file', 'dead'],
    ]);
    const [report] = rig.reports;
    assert.match(report?.detail ?? '', new RegExp(`^pid ${engine.pid} writes its core: `));
    assert.match(report?.sightings?.[0]?.detail ?? '', /has left core in .*, \d{9,} bytes$/);
  },
);

test(
  'a folder that comes later, and one that is made anew, are looked into',
  { skip: SKIP },
  async (t) => {
    const rig = createDetectorRig(t);
    const folder = join(rig.folder, 'cores');
    const { match, start } = unawareEngine(t, rig);
    const entry = { kind: 'core', folder, match, everyMs: 100 };
    await rig.start({ liveness: [CoreSettings.parse(entry)], kernel: [] });
    const engine = await start();
    await isWatched(rig, engine);
    for (let made = 0; made < 2; made += 1) {
      rmSync(folder, { recursive: true, force: true });
      await severalLooks();
      mkdirSync(folder);
      await severalLooks();
    }
    engine.child.kill('SIGSEGV');
    await engine.exited;
    renameSync(coreIn(rig.folder), join(folder, 'core.1'));
    await firstReport(rig);
  },
);

const ID = 'a'.repeat(32);
/** Pattern, name and pid, where the name tells one. */
const NAMES: readonly [pattern: string, name: string, pid: string | null][] = [
  ['core', 'core', null],
  ['core', 'core.12', '12'],
  ['core.%p', 'core.12', '12'],
  ['core.%e.%p', 'core.sleep.12', '12'],
  ['%e-%s-%u-%t.%P', 'sleep-11-1000-1717.12', '12'],
  ['core.%P.%p', 'core.99.12', '12'],
  ['core.%p.%p', 'core.12.12', '12'],
  ['|/usr/lib/systemd/systemd-coredump %P', `core.sl.eep.1000.${ID}.12.1717652311000000.zst`, '12'],
  ['|/usr/share/apport/apport %p', `core._opt_a.1000.${ID}.12.88123`, '12'],
];

for (const [text, name, pid] of NAMES) {
  test(`core_pattern ${text} calls a core ${name}`, () => {
    const names = coreNamesOf(parseCorePattern(text, false));
    const told = names.map((one) => one.exec(name)).filter((found) => found !== null);
    assert.ok(told.length > 0);
    assert.equal(
      told.map((found) => found.groups?.['pid'] ?? null).find((one) => one),
      pid ?? undefined,
    );
  });
}

test('where cores are is the setting, and where the kernel or its program puts them', () => {
  const foldersOf = (text: string) => coreFoldersOf(parseCorePattern(text, false), '/own');
  assert.deepEqual(foldersOf('core'), ['/own']);
  assert.deepEqual(foldersOf('/var/cores/core.%p'), ['/own', '/var/cores']);
  assert.deepEqual(foldersOf('|/usr/lib/systemd/systemd-coredump'), [
    '/own',
    '/var/lib/systemd/coredump',
  ]);
  assert.deepEqual(foldersOf('|/usr/share/apport/apport'), [
    '/own',
    '/var/lib/apport/coredump',
    '/var/crash',
  ]);
  assert.deepEqual(foldersOf('|/opt/own/taker'), ['/own']);
});

test('one that cannot be read is of the pid in its name, and only of this life', async (t) => {
  const folder = folderOf(t);
  const names = coreNamesOf(parseCorePattern('|/usr/lib/systemd/systemd-coredump', false));
  const name = `core.sleep.1000.${ID}.4242.1717652311000000.zst`;
  const path = join(folder, name);
  writeFileSync(path, 'compressed');
  const seen = (pid: number, startedAtMs: number | null) =>
    coreSeen({ folders: [folder], names }, { pid, startedAtMs });
  assert.equal((await seen(4_242, null))?.path, path);
  assert.equal(await seen(4_243, null), null);
  utimesSync(path, 1_000, 1_000);
  assert.equal(await seen(4_242, Date.now() - 60_000), null);
});

test(
  'a core by notes of one process is no other, whatever its name says',
  { skip: SKIP },
  async (t) => {
    const folder = folderOf(t);
    const dead = await run(t, { cwd: folder });
    dead.child.kill('SIGSEGV');
    await dead.exited;
    renameSync(coreIn(folder), join(folder, 'core.4242'));
    const place = { folders: [folder], names: coreNamesOf(parseCorePattern('core.%p', false)) };
    assert.equal(await coreSeen(place, { pid: 4_242, startedAtMs: null }), null);
    const own = await coreSeen(place, { pid: dead.pid, startedAtMs: null });
    assert.equal(own?.path, join(folder, 'core.4242'));
  },
);
