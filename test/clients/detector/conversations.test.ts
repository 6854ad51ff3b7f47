/** Only the process speaks for itself: who may say hello and goodbye on the liveness socket, and for whom. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { claimSocket, SocketTaken } from '../../../clients/detector/sources/socket-claim.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf, run, type Running } from '../host/processes.js';
import { createDetectorRig, severalLooks, type DetectorRig } from './rig.js';

type Line = Record<string, unknown>;

const helloOf = ({ pid, startTicks }: Running, instanceId = 'desk-e1'): Line => ({
  type: 'hello',
  engineId: 'desk',
  instanceId,
  pid,
  startTicks,
  build: '',
  epoch: 1,
});
const GOODBYE: Line = { type: 'goodbye', reason: 'planned' };

async function dial(t: TestContext, rig: DetectorRig, ...lines: Line[]): Promise<Socket> {
  const socket = connect(rig.socket);
  t.after(() => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  say(socket, ...lines);
  return socket;
}

function say(socket: Socket, ...lines: Line[]): void {
  socket.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

const isLogged = (rig: DetectorRig, words: string) =>
  eventually(words, () => rig.logged.some((line) => line.includes(words)));
const isWatched = (rig: DetectorRig, { pid }: Running) =>
  eventually(`${pid} is watched`, () => recorded(rig)?.instance.pid === pid);

function recorded(rig: DetectorRig) {
  try {
    return rig.record();
  } catch {
    return null; // nothing was heard yet
  }
}

test('hello and goodbye of a second connection do not make a death a planned stop', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const engine = await run(t);
  await dial(t, rig, helloOf(engine));
  await isWatched(rig, engine);
  await dial(t, rig, helloOf(engine), GOODBYE);
  await isLogged(rig, 'a second connection says hello');
  engine.child.kill('SIGKILL');
  await eventually('its death is told', () => rig.reports.length === 1);
});

test('the end of a second connection is no end of the first', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const engine = await run(t);
  await dial(t, rig, helloOf(engine));
  await isWatched(rig, engine);
  const second = await dial(t, rig, helloOf(engine));
  await isLogged(rig, 'a second connection says hello');
  second.destroy();
  await severalLooks();
  assert.ok(!rig.logged.some((line) => line.includes('closed its liveness socket')));
});

test('a connection speaks for one instance, whatever it says next', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const [engine, other] = [await run(t), await run(t)];
  await dial(t, rig, helloOf(engine), helloOf(other, 'desk-e2'));
  await isLogged(rig, 'a second hello on one connection');
  await isWatched(rig, engine);
  engine.child.kill('SIGKILL');
  const report = await eventually('its death is told', () => rig.reports[0] ?? false);
  assert.equal(report.instance.pid, engine.pid);
});

test('another live instance takes no place, and the death of the first is told', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const [engine, other] = [await run(t), await run(t)];
  await dial(t, rig, helloOf(engine));
  await isWatched(rig, engine);
  await dial(t, rig, helloOf(other, 'desk-e2'));
  await isLogged(rig, 'TWO LIVE ENGINES');
  assert.equal(rig.record().instance.pid, engine.pid);
  engine.child.kill('SIGKILL');
  await eventually('the death is told', () => rig.reports[0]?.instance.pid === engine.pid);
  await isWatched(rig, other);
  other.child.kill('SIGKILL');
  await eventually('that of the other too', () => rig.reports[1]?.instance.pid === other.pid);
});

test('a death that no probe has seen yet is told when the next instance says hello', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start({ procfsEveryMs: 60_000 });
  const [engine, next] = [await run(t), await run(t)];
  const socket = await dial(t, rig, helloOf(engine));
  await isWatched(rig, engine);
  socket.destroy();
  await isLogged(rig, 'closed its liveness socket but lives');
  engine.child.kill('SIGKILL');
  await engine.exited;
  await dial(t, rig, helloOf(next, 'desk-e2'));
  await isWatched(rig, next);
  await eventually('the first is told', () => rig.reports[0]?.instance.pid === engine.pid);
});

test('whoever says goodbye and lives on is watched as before', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const engine = await run(t);
  await dial(t, rig, helloOf(engine), GOODBYE);
  await isLogged(rig, 'has said goodbye and lives on');
  engine.child.kill('SIGKILL');
  await eventually('its death is told', () => rig.reports.length === 1);
});

test('hello and goodbye in one packet are heard in order, and the end is planned', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start({ procfsEveryMs: 2 });
  const engine = await run(t);
  const socket = await dial(t, rig, helloOf(engine), GOODBYE);
  socket.end();
  engine.child.kill('SIGKILL');
  await engine.exited;
  await eventually('that is recorded', () => recorded(rig)?.ended === 'goodbye');
  await severalLooks();
  assert.deepEqual(rig.reports, []);
});

test('a goodbye before its hello is of nobody', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const engine = await run(t);
  await dial(t, rig, GOODBYE, helloOf(engine));
  await isWatched(rig, engine);
  await isLogged(rig, 'a goodbye came before a hello');
  engine.child.kill('SIGKILL');
  await eventually('its death is told', () => rig.reports.length === 1);
});

test('a detector that comes back while an engine leaves knows that it was leaving', async (t) => {
  const rig = createDetectorRig(t);
  const first = await rig.start();
  const engine = await run(t);
  await dial(t, rig, helloOf(engine), GOODBYE);
  await eventually('it leaves', () => recorded(rig)?.ended === 'leaving');
  await first.stop();
  engine.child.kill('SIGKILL');
  await engine.exited;
  await rig.start();
  await eventually('that is recorded', () => rig.record().ended === 'goodbye');
  assert.deepEqual(rig.reports, []);
});

test('a second detector does not take the socket of one that lives', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  await assert.rejects(rig.start(), (error: Error) => {
    assert.ok(error instanceof SocketTaken);
    assert.match(error.message, /another process listens on the liveness socket/);
    return true;
  });
  const engine = await rig.engine();
  engine.child.kill('SIGKILL');
  await eventually('the first still hears', () => rig.reports.length === 1);
});

/** Between its bind and its listen a socket looks like one that a dead owner has left. */
const LISTENING = `
  const [, path] = process.argv;
  const up = () => require('fs').writeFileSync(path + '.up', '');
  require('net').createServer().listen(path, up);
`;

test('what is no socket is not removed, and what a dead owner has left is', async (t) => {
  const folder = folderOf(t);
  const file = join(folder, 'file');
  writeFileSync(file, 'of somebody');
  await assert.rejects(claimSocket(file), /is no socket/);
  const path = join(folder, 'left.sock');
  const owner = await run(t, {
    command: [process.execPath, '-e', LISTENING, path],
  });
  await eventually('it is up', () => existsSync(`${path}.up`));
  await eventually('it listens', () =>
    claimSocket(path).then(
      async (lock) => lock.release().then(() => false),
      (error: unknown) => error instanceof SocketTaken,
    ),
  );
  owner.child.kill('SIGKILL');
  await owner.exited;
  const lock = await claimSocket(path);
  await lock.release();
});

test('a progress that stands still while beats go on is a hang, and one that is not told is none', async (t) => {
  const [stands, rises, untold, unfit, inexact] = Array.from({ length: 5 }, () =>
    createDetectorRig(t),
  );
  const beating = async (rig: DetectorRig | undefined, progressAt?: (beat: number) => number) => {
    assert.ok(rig !== undefined);
    await rig.start({ liveness: [{ kind: 'socket', socket: rig.socket, goodbyeMs: 500 }] });
    const socket = await dial(t, rig, helloOf(await run(t)));
    let sequence = 0;
    const beats = setInterval(() => {
      const told = progressAt === undefined ? {} : { progress: progressAt(sequence) };
      say(socket, { type: 'heartbeat', sequence: (sequence += 1), ...told });
    }, 100);
    t.after(() => clearInterval(beats));
    socket.on('error', () => clearInterval(beats)); // the detector stops first
    return rig;
  };
  const others = [
    await beating(rises, (beat) => beat),
    await beating(untold),
    await beating(unfit, (beat) => -1 - beat),
    await beating(inexact, (beat) => 2 ** 53 + 2 * beat),
  ];
  const { reports } = await beating(stands, () => 7);
  const report = await eventually('it is told', () => reports[0] ?? false);
  assert.deepEqual([report.suspicion, report.probe], ['hung', 'socket']);
  assert.match(report.detail, /^no progress in what it tells of its work for \d+ ms/);
  for (const rig of others) assert.deepEqual(rig.reports, []);
});
