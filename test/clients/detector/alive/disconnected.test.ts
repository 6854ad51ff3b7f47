/** An engine that lives, beats, and tells that it has lost its exchange: people see it, and nothing is recovered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { disconnectedAtDeath } from '../../../../workflows/domain/engine/connections.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { createDetectorRig, severalLooks, type DetectorRig } from '../rig.js';

/** Far longer than a word takes to the agent. */
const AWAY_MS = 2_000;

const lostOf = (rig: DetectorRig) => rig.record().lost ?? [];
const isLost = (rig: DetectorRig) =>
  eventually('it is disconnected', () => lostOf(rig).length > 0 && lostOf(rig));

async function lost(rig: DetectorRig) {
  const engine = await rig.engine();
  engine.child.kill('SIGWINCH');
  const [first] = await isLost(rig);
  return { engine, sinceMs: first?.sinceMs ?? 0 };
}

test('it is noted with its exchange, and taken back when that is there again', async (t) => {
  const rig = createDetectorRig(t);
  await rig.start();
  const before = Date.now();
  const { engine, sinceMs } = await lost(rig);
  assert.deepEqual(lostOf(rig), [{ venue: 'kraken', sinceMs }]);
  assert.ok(sinceMs >= before - 1 && sinceMs <= Date.now());
  engine.child.kill('SIGWINCH');
  await severalLooks();
  assert.deepEqual(lostOf(rig), [{ venue: 'kraken', sinceMs }], 'since it was first lost');
  engine.child.kill('SIGURG');
  await eventually('it is connected', () => lostOf(rig).length === 0);
  const said = (words: string) => rig.logged.filter((line) => line.includes(words)).length;
  assert.deepEqual([said('DISCONNECTED'), said('to an exchange again')], [1, 1]);
  assert.deepEqual([rig.reports, rig.record().ended], [[], 'no'], 'it recovers nothing');
  engine.child.kill('SIGKILL');
  const report = await eventually('it is reported', () => rig.reports[0] ?? false);
  assert.equal(report.disconnected, undefined);
});

test('it is not forgotten where the agent begins anew: the engine says it again, and since when', async (t) => {
  const rig = createDetectorRig(t);
  const first = await rig.start();
  const { engine } = await lost(rig);
  const beforeMs = Date.now();
  await first.stop();
  assert.equal(lostOf(rig).length, 1, 'nor while it is away');
  await sleep(AWAY_MS);
  await rig.start();
  const said = () => rig.logged.filter((line) => line.includes('DISCONNECTED')).length;
  await eventually('it is said again', () => said() === 2);
  engine.child.kill('SIGKILL');
  const report = await eventually('it is reported', () => rig.reports[0] ?? false);
  const [again] = report.disconnected ?? [];
  assert.equal(again?.venue, 'kraken');
  assert.ok(again.sinceMs < beforeMs + AWAY_MS, 'since before');
});

test('a death has it as a fact beside what it died of, also one that nobody saw', async (t) => {
  const rig = createDetectorRig(t);
  const detector = await rig.start();
  const { engine, sinceMs } = await lost(rig);
  await detector.stop();
  engine.child.kill('SIGKILL');
  await engine.exited;
  await rig.start();
  const report = await eventually('it is reported', () => rig.reports[0] ?? false);
  assert.equal(report.suspicion, 'dead');
  assert.deepEqual(report.disconnected, [{ venue: 'kraken', sinceMs }]);
  assert.match(disconnectedAtDeath(report.disconnected) ?? '', /without kraken since 20\d\d-/);
});
