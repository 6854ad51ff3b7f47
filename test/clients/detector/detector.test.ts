/**
 * What the detector reports of a real process that dies, hangs, leaves or goes on, and that it
 * reports each death once.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { pidfdProbe } from '../../../clients/detector/probes/pidfd.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { whyNoCore } from '../../needs.js';
import { stateOf } from '../host/processes.js';
import { createDetectorRig, severalLooks } from './rig.js';

test('a killed engine makes one report, however many probes saw it', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start({ procfsEveryMs: 2 });
  const engine = await rig.engine();
  engine.child.kill('SIGKILL');
  const report = await eventually('it is reported', () => rig.reports[0] ?? false);
  const { pid, startTicks, instanceId } = engine;
  assert.deepEqual(report.instance, { instanceId, pid, startTicks, build: 'test', epoch: 1 });
  assert.deepEqual([report.engineId, report.host, report.suspicion], ['desk', 'this-host', 'dead']);
  const seers = ['socket', 'procfs', 'pidfd', 'proc_connector'];
  assert.ok(seers.includes(report.probe), report.probe);
  await severalLooks();
  assert.equal(rig.reports.length, 1);
  assert.equal(rig.record().ended, 'reported');
  await eventually('the spool is empty', () => rig.spooled().length === 0);
});

test('each probe that can see a death sees it alone', async (t) => {
  const rare = { kind: 'process', everyMs: 60_000 } as const;
  const often = { kind: 'process', everyMs: 20 } as const;
  for (const [probe, process, kernel, closes] of [
    ['socket', rare, [], false],
    ['procfs', often, [], true],
    ['pidfd', rare, [pidfdProbe], true],
  ] as const) {
    const rig = createDetectorRig(t);
    const socket = { kind: 'socket', socket: rig.socket, goodbyeMs: 500 } as const;
    await rig.start({ liveness: [socket, process], kernel });
    const engine = await rig.engine({ once: true });
    if (closes) {
      engine.child.kill('SIGUSR2');
      await eventually('the lost socket is noted', () =>
        rig.logged.some((line) => line.includes('closed its liveness socket but lives')),
      );
      await eventually('it is suspected', () => rig.record().doubts?.[0]?.probe === 'socket');
    }
    assert.deepEqual(rig.reports, []);
    engine.child.kill('SIGKILL');
    const report = await eventually(`${probe} tells`, () => rig.reports[0] ?? false);
    assert.equal(report.probe, probe);
  }
});

test('an engine that says goodbye has not crashed', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start({ procfsEveryMs: 2 });
  const engine = await rig.engine();
  engine.child.kill('SIGTERM');
  await engine.exited;
  await eventually('the goodbye is recorded', () => rig.record().ended === 'goodbye');
  await severalLooks();
  assert.deepEqual(rig.reports, []);
});

test('a frozen engine is hung: alive in the table, and silent', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const engine = await rig.engine();
  engine.child.kill('SIGSTOP');
  await eventually('it is stopped', () => stateOf(engine.pid) === 'T');
  const report = await eventually('it is reported', () => rig.reports[0] ?? false);
  assert.equal(report.suspicion, 'hung');
  assert.ok(['heartbeat_file', 'socket', 'procfs'].includes(report.probe), report.probe);
  assert.equal(report.instance.pid, engine.pid);
  // What is seen before it is told would go along.
  await eventually(
    'all is told',
    () => rig.record().ended === 'reported' && rig.spooled().length === 0,
  );
  engine.child.kill('SIGKILL');
  await engine.exited;
  await severalLooks();
  assert.equal(rig.reports.length, 1);
});

test('an engine is seen while it still writes its core', { skip: whyNoCore() }, async (t) => {
  const rig = createDetectorRig(t);
  await rig.start({ procfsEveryMs: 2 });
  // Large enough that its core takes longer to write than a look takes.
  const engine = await rig.engine({ megabytes: 512 });
  let livedWhenReported = false;
  const looking = setInterval(() => {
    if (rig.reports.length === 0) return;
    livedWhenReported = engine.child.signalCode === null;
    clearInterval(looking);
  }, 1);
  t.after(() => clearInterval(looking));
  engine.child.kill('SIGSEGV');
  const report = await eventually('it is reported', () => rig.reports[0] ?? false);
  await engine.exited;
  assert.equal(report.suspicion, 'dumping_core');
  assert.equal(livedWhenReported, true);
  await severalLooks();
  assert.equal(rig.reports.length, 1);
});

test('an engine that dies with its kill switch engaged is not reported', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const engine = await rig.engine();
  rig.killSwitch.engaged = true;
  engine.child.kill('SIGKILL');
  await eventually('it is noted', () =>
    rig.logged.some((line) => line.includes('kill switch engaged: no recovery')),
  );
  await severalLooks();
  assert.deepEqual(rig.reports, []);
});

test('an engine that died while the detector was away is found when it is back', async (t) => {
  const rig = createDetectorRig(t);
  const first = await rig.start();
  const engine = await rig.engine();
  await first.stop();
  engine.child.kill('SIGKILL');
  await engine.exited;
  await rig.start();
  const report = await eventually('it is reported', () => rig.reports[0] ?? false);
  assert.deepEqual([report.suspicion, report.probe], ['dead', 'watched_record']);
  assert.equal(report.instance.startTicks, engine.startTicks);
});

test('an engine that outlived the detector is watched again, and no death is told', async (t) => {
  const rig = createDetectorRig(t);
  const first = await rig.start();
  const engine = await rig.engine();
  await first.stop();
  await rig.start();
  await severalLooks();
  assert.deepEqual(rig.reports, []);
  engine.child.kill('SIGKILL');
  const report = await eventually('it is reported', () => rig.reports[0] ?? false);
  assert.equal(report.instance.pid, engine.pid);
});

test('a death that was told before a restart, or was no crash, is not told again', async (t) => {
  const rig = createDetectorRig(t);
  const first = await rig.start();
  const killed = await rig.engine({ instanceId: 'killed' });
  killed.child.kill('SIGKILL');
  await eventually('it is reported', () => rig.reports.length === 1);
  await eventually('that is recorded', () => rig.record().ended === 'reported');
  await first.stop();
  const second = await rig.start();
  const stopped = await rig.engine({ instanceId: 'stopped' });
  stopped.child.kill('SIGTERM');
  await stopped.exited;
  await eventually('the goodbye is recorded', () => rig.record().ended === 'goodbye');
  await second.stop();
  await rig.start();
  await severalLooks();
  assert.equal(rig.reports.length, 1);
});

test('the next instance is watched after the death of the one before', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  for (const instanceId of ['desk-e1', 'desk-e2']) {
    const engine = await rig.engine({ instanceId });
    engine.child.kill('SIGKILL');
    await eventually('it is reported', () => rig.reports.at(-1)?.instance.pid === engine.pid);
  }
  assert.deepEqual(
    rig.reports.map(({ instance }) => instance.instanceId),
    ['desk-e1', 'desk-e2'],
  );
});

test('a hello that is refused is said once, and a line without end hides no other', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const hello = { type: 'hello', engineId: 'desk', pid: process.pid, build: '', epoch: 1 };
  const bad = JSON.stringify({ ...hello, startTicks: '1', instanceId: 'x'.repeat(300) });
  const long = 'y'.repeat(1_000_000);
  const other = JSON.stringify({ ...hello, engineId: 'other', startTicks: '1', instanceId: 'x' });
  await new Promise<void>((resolve) => {
    const socket = connect(rig.socket, () => {
      socket.end([bad, bad, long, bad, long, other].join('\n'));
    });
    socket.once('close', () => resolve());
  });
  await eventually('the last line is read', () =>
    rig.logged.some((line) => line.includes('another engine says hello')),
  );
  const refused = rig.logged.filter((line) => line.includes('is refused'));
  assert.equal(refused.length, 2);
  assert.match(refused[0] ?? '', /instanceId: is longer than 128 characters/);
  assert.match(refused[1] ?? '', /longer than 4096 characters/);
  assert.ok(refused.every((line) => line.length < 500));
});

test('noise and strangers on the socket change nothing', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const engine = await rig.engine();
  const hello = { type: 'hello', engineId: 'other', instanceId: 'x', build: '', epoch: 9 };
  const lines = [
    'not json',
    '{"type":"hello"}',
    JSON.stringify({ ...hello, pid: engine.pid, startTicks: '1' }),
    '{"type":"goodbye","reason":"not mine to say"}',
  ];
  await new Promise<void>((resolve) => {
    const socket = connect(rig.socket, () => socket.end(`${lines.join('\n')}\n\u0000\u00ff`));
    socket.once('close', () => resolve());
  });
  await severalLooks();
  assert.deepEqual(rig.reports, []);
  assert.deepEqual([rig.record().instance.pid, rig.record().ended], [engine.pid, 'no']);
  engine.child.kill('SIGKILL');
  await eventually('its death is still seen', () => rig.reports.length === 1);
});
