/** An engine that lives and no longer works: by each way alone in which that is seen, on real processes. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import type { LivenessEntry } from '../../../../clients/detector/settings.js';
import { encodeHeartbeat } from '../../../../workflows/domain/engine/liveness.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { createDetectorRig } from '../rig.js';

const RARELY = { kind: 'process', everyMs: 60_000 } as const;
const HOURS_24_MS = 86_400_000;

async function watching(
  t: TestContext,
  entries: (at: { folder: string }) => LivenessEntry[],
  { beats }: { beats: boolean },
) {
  const rig = createDetectorRig(t);
  const socket = { kind: 'socket', socket: rig.socket, goodbyeMs: 500 } as const;
  await rig.start({ liveness: [socket, ...entries(rig)] });
  const engine = await rig.engine({ once: !beats });
  return { rig, engine };
}

test('a stopped engine is told by its socket where it beat there, and by the process table', async (t) => {
  const bySocket = await watching(t, () => [RARELY], { beats: true });
  const byTable = await watching(t, () => [{ kind: 'process', everyMs: 20 }], { beats: false });
  const byNobody = await watching(t, () => [RARELY], { beats: false });
  await sleep(1_500); // a beat at least has come
  for (const { engine } of [bySocket, byTable, byNobody]) engine.child.kill('SIGSTOP');
  for (const [probe, { rig, engine }] of Object.entries({ socket: bySocket, procfs: byTable })) {
    const report = await eventually(`${probe} tells`, () => rig.reports[0] ?? false);
    assert.deepEqual([report.suspicion, report.probe], ['hung', probe]);
    assert.equal(report.instance.pid, engine.pid);
    assert.ok(
      report.sightings?.some(({ stopped }) => stopped === true),
      'that it is stopped',
    );
    assert.match(report.detail, /stopped by a signal/);
  }
  assert.deepEqual(byNobody.rig.reports, [], 'one that never beat is not late');
});

test('a short stop is no hang', async (t) => {
  const { rig, engine } = await watching(t, () => [{ kind: 'process', everyMs: 20 }], {
    beats: true,
  });
  for (let stop = 0; stop < 3; stop += 1) {
    engine.child.kill('SIGSTOP');
    await sleep(1_200);
    engine.child.kill('SIGCONT');
    await sleep(300);
  }
  assert.deepEqual(rig.reports, []);
});

test('a wall clock that steps makes a beating engine not late, and a silent one not fresh', async (t) => {
  const { rig, engine } = await watching(
    t,
    ({ folder }) => [RARELY, { kind: 'heartbeat', file: join(folder, 'clocks') }],
    { beats: false },
  );
  const { pid, startTicks } = engine;
  for (let beat = 1; beat <= 24; beat += 1) {
    const timestampMs = Date.now() + (beat % 3) * HOURS_24_MS - HOURS_24_MS;
    const record = { pid, startTicks, epoch: 1, timestampMs, monotonicMs: null };
    writeFileSync(join(rig.folder, 'clocks'), encodeHeartbeat(record, beat));
    await sleep(200);
  }
  assert.deepEqual(rig.reports, []);
  const report = await eventually('its silence is told', () => rig.reports[0] ?? false);
  assert.deepEqual([report.suspicion, report.probe], ['hung', 'heartbeat_file']);
});
