/**
 * Each way to say which process is the engine, alone: what it names is watched, its death is one report,
 * and what it does not name is not. Real processes, which know nothing of Relight unless they say so.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LivenessEntry } from '../../../clients/detector/settings.js';
import { inPidFile } from '../../../clients/detector/sources/pid-file.js';
import { unseenSinceMs } from '../../../clients/detector/unseen.js';
import {
  INSTALLATION_VARIABLE,
  keepInstallation,
  markOf,
} from '../../../clients/host/installation.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { run, type Running } from '../host/processes.js';
import { createDetectorRig, severalLooks, type DetectorRig } from './rig.js';
import { fakeSystemctl } from './systemctl.js';

const LOOKS: LivenessEntry = { kind: 'process', everyMs: 50 };

const isWatched = (rig: DetectorRig, { pid }: Pick<Running, 'pid'>) =>
  eventually(
    'it is watched',
    () => rig.record().instance.pid === pid && rig.record().ended === 'no',
  );
const isLogged = (rig: DetectorRig, text: string) =>
  eventually(`"${text}" is logged`, () => rig.logged.some((line) => line.includes(text)));
const firstReport = (rig: DetectorRig) =>
  eventually('it is reported', () => rig.reports[0] ?? false);

/** Its death is one report of that very process. */
async function diesOnce(rig: DetectorRig, engine: Running) {
  engine.child.kill('SIGKILL');
  const report = await firstReport(rig);
  await severalLooks();
  assert.equal(rig.reports.length, 1);
  const { pid, startTicks } = report.instance;
  assert.deepEqual([pid, startTicks], [engine.pid, engine.startTicks]);
  return report;
}

const named = ({ pid, startTicks }: Running) => `pid-${pid}-${startTicks}`;

test('a pid file alone: the death of the process in it is one report', async (t) => {
  const rig = createDetectorRig(t);
  const pidFile = join(rig.folder, 'engine.pid');
  await rig.start({ liveness: [{ kind: 'process', pidFile, everyMs: 50 }], kernel: [] });
  const engine = await run(t);
  writeFileSync(pidFile, `${engine.pid}\n`);
  await isWatched(rig, engine);
  const { instance, probe, suspicion } = await diesOnce(rig, engine);
  assert.deepEqual([instance.instanceId, instance.epoch], [named(engine), 0]);
  assert.deepEqual([probe, suspicion], ['procfs', 'dead']);
  const next = await run(t, { env: { RELIGHT_INSTANCE: 'desk-e4', RELIGHT_EPOCH: '4' } });
  writeFileSync(pidFile, `${next.pid}\n`);
  await isWatched(rig, next);
  next.child.kill('SIGKILL');
  const second = await eventually('it is reported', () => rig.reports[1] ?? false);
  assert.deepEqual([second.instance.instanceId, second.instance.epoch], ['desk-e4', 4]);
});

test('a pid file that was left behind, or is not to be believed, names nobody', async (t) => {
  const rig = createDetectorRig(t);
  const pidFile = join(rig.folder, 'engine.pid');
  await rig.start({ liveness: [{ kind: 'process', pidFile, everyMs: 50 }] });
  const stranger = await run(t, { env: { RELIGHT_ENGINE: 'other' } });
  const hourAgo = Date.now() / 1_000 - 3_600;
  writeFileSync(pidFile, String(stranger.pid));
  await isLogged(rig, 'is marked as a process of the engine other');
  utimesSync(pidFile, hourAgo, hourAgo);
  await isLogged(rig, `is older than the process ${stranger.pid} in it`);
  utimesSync(pidFile, new Date(), new Date());
  writeFileSync(pidFile, 'engine');
  await isLogged(rig, 'begins with no pid');
  writeFileSync(pidFile, String(process.pid));
  await isLogged(rig, 'is Relight itself');
  writeFileSync(pidFile, '4194305'); // above every pid
  chmodSync(pidFile, 0o666);
  const engine = await run(t);
  writeFileSync(pidFile, String(engine.pid));
  await isLogged(rig, 'can be changed by every user');
  chmodSync(pidFile, 0o644);
  await isWatched(rig, engine);
});

test('what another installation has started is watched by no source, and one without a mark is', async (t) => {
  const rig = createDetectorRig(t);
  const pidFile = join(rig.folder, 'engine.pid');
  await rig.start({
    liveness: [
      { kind: 'socket', socket: rig.socket, goodbyeMs: 500 },
      { kind: 'process', pidFile, everyMs: 50 },
    ],
  });
  const other = join(rig.folder, 'other');
  mkdirSync(other);
  await keepInstallation(other);
  const env = { [INSTALLATION_VARIABLE]: await markOf(other) };
  const theirs = await run(t, { env });
  writeFileSync(pidFile, String(theirs.pid));
  await isLogged(rig, `pid ${theirs.pid} is of another installation`);
  const greeting = await rig.engine({ greeted: false, env });
  await isLogged(rig, `pid ${greeting.pid} is of another installation`);
  const own = await run(t);
  writeFileSync(pidFile, String(own.pid));
  await isWatched(rig, own);
  for (const { child } of [theirs, greeting]) child.kill('SIGKILL');
  await diesOnce(rig, own);
});

test('what a file was right to name is not looked at again while that is watched, and the file the same', async (t) => {
  const file = join(createDetectorRig(t).folder, 'engine.pid');
  const engine = await run(t);
  writeFileSync(file, String(engine.pid));
  const { find } = inPidFile(file);
  const { pid, startTicks } = engine;
  const found = { kind: 'process', pid, startTicks };
  const watched = { pid, startTicks, instanceId: 'desk-e1', build: '', epoch: 1 };
  assert.deepEqual(await find(null), found);
  engine.child.kill('SIGKILL');
  await engine.exited;
  assert.deepEqual(await find(watched), found); // whoever watches it tells that it has ended
  assert.deepEqual(await find({ ...watched, startTicks: '1' }), { kind: 'nobody' });
  assert.deepEqual(await find(null), { kind: 'nobody' });
  utimesSync(file, 1, 1);
  assert.deepEqual(await find(watched), { kind: 'nobody' });
});

test('a pid file that is a pipe or a link holds nobody up', async (t) => {
  const rig = createDetectorRig(t);
  const [pipe, link] = [join(rig.folder, 'pipe'), join(rig.folder, 'link')];
  execFileSync('mkfifo', [pipe]);
  symlinkSync('/etc/passwd', link);
  const pidFile = join(rig.folder, 'engine.pid');
  const entries = [pipe, link, pidFile].map((path): LivenessEntry => ({
    kind: 'process',
    pidFile: path,
    everyMs: 50,
  }));
  await rig.start({ liveness: [{ kind: 'heartbeat', file: pipe }, ...entries] });
  await isLogged(rig, 'pipe is no regular file');
  await isLogged(rig, 'link is a link');
  const engine = await run(t);
  writeFileSync(pidFile, String(engine.pid));
  await isWatched(rig, engine);
});

const PARENT = `
if (process.argv[2] === 'parent') {
  const { spawn } = require('node:child_process');
  spawn(process.execPath, [...process.argv.slice(1, 2), 'helper'], { stdio: 'ignore' });
}
setInterval(() => {}, 1000);`;

/** A program whose path no other process of the machine has in its command line. */
function programOf(rig: DetectorRig): { script: string; command: string } {
  const script = join(rig.folder, 'trading_engine.cjs');
  writeFileSync(script, PARENT);
  return { script, command: script.replaceAll(/[/.]/g, '\\$&') };
}

test('the command line alone: a helper that the engine begins is no second engine', async (t) => {
  const rig = createDetectorRig(t);
  const { script, command } = programOf(rig);
  await rig.start({ liveness: [{ kind: 'process', match: { command }, everyMs: 50 }] });
  const editor = await run(t, { command: ['tail', '-f', script] });
  const engine = await run(t, { command: [process.execPath, script, 'parent'] });
  t.after(() => execFileSync('pkill', ['-KILL', '-f', script]));
  await isWatched(rig, engine);
  const { instance } = await diesOnce(rig, engine);
  assert.equal(instance.instanceId, named(engine));
  assert.notEqual(instance.pid, editor.pid);
});

test('of several that fit the command line none is taken, and Relight fits none', async (t) => {
  const rig = createDetectorRig(t);
  const { script, command } = programOf(rig);
  const own = process.argv[1] ?? '';
  const ours = `(${command}|${own.replaceAll(/[/.]/g, '\\$&')})`;
  const first = await run(t, { command: [process.execPath, script, 'one'] });
  const second = await run(t, { command: [process.execPath, script, 'two'] });
  await rig.start({ liveness: [{ kind: 'process', match: { command: ours }, everyMs: 50 }] });
  await isLogged(rig, 'several processes fit (pids ');
  const line = rig.logged.find((each) => each.includes('several processes fit')) ?? '{}';
  const { why: told = '' } = JSON.parse(line) as { why?: string };
  for (const { pid } of [first, second]) assert.ok(told.includes(String(pid)), told);
  assert.ok(!told.includes(String(process.pid)), told);
  assert.throws(() => rig.record());
  second.child.kill('SIGKILL');
  await isWatched(rig, first);
});

test('a heartbeat record alone: it names its writer, and the death is seen by its silence', async (t) => {
  const rig = createDetectorRig(t);
  const file = join(rig.folder, 'heartbeat');
  await rig.start({ liveness: [{ kind: 'heartbeat', file }], kernel: [] });
  const engine = await rig.engine(); // nobody listens on its socket
  await isWatched(rig, engine);
  const { instance, probe, suspicion } = await diesOnce(rig, engine);
  assert.deepEqual([instance.instanceId, instance.epoch], [named(engine), 1]);
  assert.deepEqual([probe, suspicion], ['heartbeat_file', 'dead']);
});

test('a service of systemd alone: its main process is the engine', async (t) => {
  const rig = createDetectorRig(t);
  const tell = fakeSystemctl(t, rig.folder);
  tell(0);
  const unit = 'desk.service';
  await rig.start({ liveness: [{ kind: 'process', unit, everyMs: 50 }] });
  const engine = await run(t);
  tell(engine.pid);
  await isWatched(rig, engine);
  await diesOnce(rig, engine);
});

test('all of them at once: one engine by its own name, one report, and none of a goodbye', async (t) => {
  const rig = createDetectorRig(t);
  const pidFile = join(rig.folder, 'engine.pid');
  const command = `beating-engine.* ${rig.socket.replaceAll(/[/.]/g, '\\$&')}`;
  const liveness: LivenessEntry[] = [
    { kind: 'socket', socket: rig.socket, goodbyeMs: 2_000 },
    { kind: 'heartbeat', file: join(rig.folder, 'heartbeat') },
    LOOKS,
    { kind: 'process', pidFile, everyMs: 50 },
    { kind: 'process', match: { command }, everyMs: 50 },
  ];
  await rig.start({ liveness });
  const leaving = await rig.engine({ instanceId: 'desk-e1' });
  writeFileSync(pidFile, String(leaving.pid));
  const byName = (id: string) => () => rig.record().instance.instanceId === id;
  await eventually('it has said hello', byName('desk-e1'));
  leaving.child.kill('SIGTERM');
  await eventually('its goodbye is kept', () => rig.record().ended === 'goodbye');
  await severalLooks();
  assert.deepEqual(rig.reports, []);
  const engine = await rig.engine({ instanceId: 'desk-e2' });
  writeFileSync(pidFile, String(engine.pid));
  await eventually('it has said hello', byName('desk-e2'));
  const { instance } = await diesOnce(rig, engine);
  assert.equal(instance.instanceId, 'desk-e2');
});

test('an engine of which there is no sign is told once, until there is one', async (t) => {
  const rig = createDetectorRig(t);
  const pidFile = join(rig.folder, 'engine.pid');
  const liveness: LivenessEntry[] = [{ kind: 'process', pidFile, everyMs: 50 }];
  const noted = () => unseenSinceMs({ stateFolder: rig.folder, engineId: 'desk' });
  rig.killSwitch.engaged = true;
  const first = await rig.start({ liveness, startsWithinMs: 1 });
  await new Promise((resolve) => setTimeout(resolve, 2_500)); // twice what a look needs
  assert.deepEqual(rig.unseen, [], 'it is not meant to run');
  rig.killSwitch.engaged = false;
  const [told] = await eventually('people are told', () => rig.unseen.length > 0 && rig.unseen);
  assert.deepEqual(told, [
    'desk',
    await eventually('it is noted', async () => (await noted()) ?? false),
    null,
  ]);
  await isLogged(rig, 'NOT WATCHED: no sign of it yet');
  await first.stop();
  await rig.start({ liveness, startsWithinMs: 1 });
  await eventually('the next detector tells of the same silence', () => rig.unseen.length === 2);
  assert.deepEqual(rig.unseen[1], told);
  const engine = await run(t);
  writeFileSync(pidFile, String(engine.pid));
  await eventually('the note is gone', async () => (await noted()) === null);
  await diesOnce(rig, engine);
  assert.equal(rig.unseen.length, 2);
});

test('without a goodbye a stop that Relight has ordered is no crash, and any other is one', async (t) => {
  const rig = createDetectorRig(t);
  const pidFile = join(rig.folder, 'engine.pid');
  await rig.start({ liveness: [{ kind: 'process', pidFile, everyMs: 50 }] });
  const ordered = await run(t);
  writeFileSync(pidFile, String(ordered.pid));
  await isWatched(rig, ordered);
  rig.ordered.add(ordered.pid);
  ordered.child.kill('SIGTERM');
  await isLogged(rig, 'as it was told to: no crash');
  await severalLooks();
  assert.deepEqual([rig.reports, rig.told], [[], []]);
  const stopped = await run(t);
  writeFileSync(pidFile, String(stopped.pid));
  await isWatched(rig, stopped);
  stopped.child.kill('SIGTERM');
  const report = await firstReport(rig);
  assert.equal(report.instance.pid, stopped.pid);
});
