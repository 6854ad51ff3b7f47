/** The engine's health over HTTP, alone: it sees what is not well while the process lives. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { HealthSettings } from '../../../clients/detector/kinds/health.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { isWatched, unawareEngine } from './files/unaware.js';
import { createDetectorRig } from './rig.js';

type Answer = 'well' | 'ill' | 'none';

async function healthServer(t: TestContext, first: Answer) {
  const health = { answer: first, asked: 0, illNext: 0 };
  const server = createServer((_request, response) => {
    health.asked += 1;
    const isIll = health.answer === 'ill' || health.illNext > 0;
    health.illNext = Math.max(0, health.illNext - 1);
    if (health.answer !== 'none') response.writeHead(isIll ? 503 : 200).end('x');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { health, url: `http://127.0.0.1:${port}/health` };
}

async function watching(t: TestContext, first: Answer) {
  const rig = createDetectorRig(t);
  const { health, url } = await healthServer(t, first);
  const socket = { kind: 'socket', socket: rig.socket, goodbyeMs: 500 } as const;
  const asked = HealthSettings.parse({ kind: 'health', url, everyMs: 100, timeoutMs: 200 });
  await rig.start({ liveness: [socket, asked], kernel: [] });
  const engine = await rig.engine({ once: true });
  return { rig, health, engine };
}

for (const answer of ['ill', 'none'] as const) {
  test(`an engine whose health becomes ${answer} hangs, as long as it lives`, async (t) => {
    const { rig, health, engine } = await watching(t, 'well');
    await eventually('it is asked', () => health.asked > 3);
    assert.deepEqual(rig.reports, []);
    health.answer = answer;
    const report = await eventually('it is told', () => rig.reports[0] ?? false);
    assert.deepEqual([report.suspicion, report.probe], ['hung', 'health_url']);
    assert.equal(report.instance.pid, engine.pid);
    assert.ok(!JSON.stringify(report).includes('127.0.0.1'), 'nothing of the address');
  });
}

test('one bad answer makes it suspected until the next good one, and starts nothing', async (t) => {
  const rig = createDetectorRig(t);
  const { health, url } = await healthServer(t, 'well');
  const socket = { kind: 'socket', socket: rig.socket, goodbyeMs: 500 } as const;
  const asked = { kind: 'health', url, everyMs: 100, timeoutMs: 5_000, fails: 100 } as const;
  await rig.start({ liveness: [socket, HealthSettings.parse(asked)], kernel: [] });
  await rig.engine({ once: true });
  const suspected = () => (rig.record().doubts ?? []).map(({ probe, what }) => [probe, what]);
  await eventually('it has been well', () => health.asked > 1);
  assert.deepEqual(suspected(), []);
  health.answer = 'ill';
  await eventually('it is suspected', () => suspected().length === 1);
  assert.deepEqual(suspected(), [['health_url', 'its health is not well']]);
  health.answer = 'well';
  await eventually('it is trusted again', () => suspected().length === 0);
  const said = (words: string) => rig.logged.filter((line) => line.includes(words)).length;
  assert.deepEqual([said('SUSPECTED'), said('suspected of this no more')], [1, 1]);
  assert.deepEqual(rig.reports, []);
});

test('its health alone: an engine that is known by its command line hangs, or is gone', async (t) => {
  for (const dies of [false, true]) {
    const rig = createDetectorRig(t);
    const { health, url } = await healthServer(t, 'well');
    const { match, start } = unawareEngine(t, rig);
    const asked = HealthSettings.parse({ kind: 'health', url, match, everyMs: 100 });
    await rig.start({ liveness: [asked], kernel: [] });
    const engine = await start();
    await isWatched(rig, engine);
    const { asked: before } = health;
    await eventually('it is seen well', () => health.asked > before + 1);
    if (dies) engine.child.kill('SIGKILL');
    health.answer = 'ill';
    const report = await eventually('it is told', () => rig.reports[0] ?? false);
    assert.deepEqual([report.suspicion, report.probe], [dies ? 'dead' : 'hung', 'health_url']);
    assert.equal(report.instance.pid, engine.pid);
  }
});

test('an engine that has not been well yet is not judged, and one bad answer is none', async (t) => {
  const { rig, health } = await watching(t, 'ill');
  await eventually('it is asked', () => health.asked > 8);
  health.answer = 'well';
  for (let once = 0; once < 3; once += 1) {
    const { asked } = health;
    await eventually('it is well', () => health.asked > asked + 2);
    health.illNext = 2; // of three that make a hang
    await eventually('it is ill, and well again', () => health.asked > asked + 6);
  }
  assert.deepEqual(rig.reports, []);
});

test('an address with a password, or of another protocol, is refused', () => {
  for (const url of ['http://a:b@localhost/', 'ftp://localhost/', 'localhost:80', '/health']) {
    assert.ok(!HealthSettings.safeParse({ kind: 'health', url }).success, url);
  }
});
