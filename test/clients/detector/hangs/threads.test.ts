/** A thread that trades no longer, beside one that beats: on a real C++ engine. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { threadsKind } from '../../../../clients/detector/kinds/threads.js';
import type { LivenessEntry } from '../../../../clients/detector/settings.js';
import { whyNo } from '../../../needs.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { findings, start } from '../../host/deaths/crash-engine.js';
import { createDetectorRig } from '../rig.js';

const skip = whyNo('c++');
const TRADING = { kind: 'threads', thread: '^trading$', stillMs: 2_000 } as const;

async function trading(
  t: TestContext,
  death: string,
  { more = [TRADING], progress = false }: { more?: LivenessEntry[]; progress?: boolean } = {},
) {
  const rig = createDetectorRig(t);
  const file = join(rig.folder, 'beats');
  const engine = await start(t, { death, beats: file, progress, cores: false });
  await rig.start({ liveness: [{ kind: 'heartbeat', file }, ...more], kernel: [] });
  await eventually('it is watched', () => {
    try {
      return rig.record().instance.pid === engine.pid;
    } catch {
      return false;
    }
  });
  return { rig, engine };
}

test(
  'a deadlocked thread beside one that beats hangs, and its cycle is named',
  { skip },
  async (t) => {
    const unseen = await trading(t, 'trading-deadlock', { more: [] });
    const { rig, engine } = await trading(t, 'trading-deadlock');
    const report = await eventually('it is told', () => rig.reports[0] ?? false);
    assert.deepEqual([report.suspicion, report.probe], ['hung', 'threads']);
    assert.match(
      report.detail,
      /^thread trading \(\d+\) has not run for \d+ ms, process alive: hung/,
    );
    assert.equal(report.instance.pid, engine.pid);
    assert.deepEqual(unseen.rig.reports, [], 'its beats alone hide it');
    if (whyNo('gdb') !== false) return;
    const { cause, because } = await findings(engine, { suspicion: 'hung' });
    assert.equal(cause, 'deadlock');
    assert.match(because, /waits for lock 0x\w+ of thread \d+; thread \d+ in .* waits for lock/);
  },
);

for (const death of ['trading-idle', 'trading-busy']) {
  test(`${death} is no hang, also where the engine stops for a while`, { skip }, async (t) => {
    const { rig, engine } = await trading(t, death);
    await sleep(4_000);
    engine.child.kill('SIGSTOP');
    await sleep(1_000);
    engine.child.kill('SIGCONT');
    await sleep(2_500);
    assert.deepEqual(rig.reports, []);
  });
}

test(
  'a progress that stands still beside beats is a hang, and one that rises is none',
  { skip },
  async (t) => {
    const works = await trading(t, 'trading-idle', { more: [], progress: true });
    const stands = await trading(t, 'trading-deadlock', { more: [], progress: true });
    const report = await eventually('it is told', () => stands.rig.reports[0] ?? false);
    assert.deepEqual([report.suspicion, report.probe], ['hung', 'heartbeat_file']);
    assert.match(
      report.detail,
      /^no progress in what it tells of its work for \d+ ms, process alive/,
    );
    await sleep(3_000);
    assert.deepEqual(works.rig.reports, []);
  },
);

test('a trading thread that ends beside one that beats is told', { skip }, async (t) => {
  const { rig } = await trading(t, 'trading-ends');
  const report = await eventually('it is told', () => rig.reports[0] ?? false);
  assert.deepEqual([report.suspicion, report.probe], ['hung', 'threads']);
  assert.match(report.detail, /^no thread of the name .* is left for \d+ ms/);
});

test('a name that no thread has is said once, and makes no hang', { skip }, async (t) => {
  const { rig } = await trading(t, 'trading-deadlock', {
    more: [{ ...TRADING, thread: '^risk$' }],
  });
  const said = () => rig.logged.filter((line) => line.includes('no thread has the name'));
  await eventually('it is said', () => said().length > 0);
  await sleep(1_500);
  assert.equal(said().length, 1);
  assert.deepEqual(rig.reports, []);
});

test('a pattern that does not compile, and a time that is too short, are refused', () => {
  const { Settings } = threadsKind;
  assert.ok(Settings.safeParse(TRADING).success);
  assert.ok(!Settings.safeParse({ ...TRADING, thread: '(' }).success);
  assert.ok(!Settings.safeParse({ ...TRADING, stillMs: 999 }).success);
  const { kind, thread } = TRADING;
  assert.ok(!Settings.safeParse({ kind, thread }).success, 'nobody but the team knows how long');
});
