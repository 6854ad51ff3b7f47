/** Commands that hang or fail while evidence is collected, and what that leaves of the evidence. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { COLLECTORS } from '../../../../clients/host/forensics/collectors/index.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import { folderOf, stateOf } from '../../../clients/host/processes.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { collection, openScene, reportOf } from './scene.js';
import { inActivity } from '../../ports.js';

/** A `df` of our own comes first on the path. */
function replaceDf(t: TestContext, script: string): void {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'df'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const path = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = path;
  });
  process.env['PATH'] = `${folder}:${path}`;
}

test('a df that hangs is missing evidence, killed with its child, and the recovery goes on', async (t) => {
  const quick = COLLECTORS.map((collector) =>
    collector.name === 'disk.json' ? { ...collector, timeoutMs: 3_000 } : collector,
  );
  const { activities, engine, log } = await openScene(t, { collectors: quick });
  writeFileSync(log, 'words\n');
  engine.child.kill('SIGKILL');
  await engine.exited;
  const file = join(folderOf(t), 'pids');
  replaceDf(t, `sleep 600 &\necho $$ $! >> ${file}\nsleep 600`);
  const { folder, items } = await inActivity(
    activities,
    'collectEvidence',
    collection(reportOf(engine, 'dead')),
  );
  const disk = items.find(({ name }) => name === 'disk.json');
  assert.equal(disk?.collected, false);
  assert.match(disk.detail, /took too long/);
  assert.equal(existsSync(join(folder, 'disk.json')), false);
  for (const name of ['memory.json', 'checkpoint_info.txt', 'logs_recent.txt']) {
    assert.equal(items.find((item) => item.name === name)?.collected, true, name);
  }
  const pids = readFileSync(file, 'utf8').trim().split(/\s+/).map(Number);
  assert.ok(pids.length >= 2, 'df was asked');
  for (const pid of pids) {
    await eventually(`${pid} is gone`, () => !existsSync(`/proc/${pid}`) || stateOf(pid) === 'Z');
  }
});

test('what names the cause is told before a df that hangs is back, and then all is', async (t) => {
  const quick = COLLECTORS.map((collector) =>
    collector.name === 'disk.json' ? { ...collector, timeoutMs: 6_000 } : collector,
  );
  const { activities, engine, log } = await openScene(t, { collectors: quick });
  writeFileSync(log, 'words\n');
  engine.child.kill('SIGKILL');
  await engine.exited;
  const file = join(folderOf(t), 'pids');
  replaceDf(t, `echo $$ >> ${file}; sleep 600`);
  const input = collection(reportOf(engine, 'dead'));
  const found = await inActivity(activities, 'collectEvidence', { ...input, isCompleted: true });
  const names = found.items.map(({ name }) => name);
  assert.ok(names.includes('logs_recent.txt') && names.includes('memory.json'));
  for (const later of ['disk.json', 'timeline.txt', 'positions_exchange.json'])
    assert.ok(!names.includes(later), later);
  assert.equal(existsSync(join(found.folder, 'index.json')), false);
  const all = await inActivity(activities, 'completeEvidence', { ...input, found });
  assert.deepEqual(all.classification, found.classification);
  const missing = all.items.find(({ name }) => name === 'disk.json');
  assert.match(missing?.detail ?? '', /took too long/);
  for (const name of [...names, 'timeline.txt', 'checkpoint_info.txt', 'positions_exchange.json'])
    assert.equal(all.items.filter((item) => item.name === name).length, 1, name);
  assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, 1, 'df was asked once');
  const index = JSON.parse(readFileSync(join(found.folder, 'index.json'), 'utf8')) as typeof all;
  assert.deepEqual(index.items, all.items);
});

test('an agent that comes back completes what the one before it began', async (t) => {
  const { activities, activitiesAnew, engine, log } = await openScene(t);
  writeFileSync(log, 'words\n');
  engine.child.kill('SIGKILL');
  await engine.exited;
  const input = collection(reportOf(engine, 'dead'));
  const found = await inActivity(activities, 'collectEvidence', { ...input, isCompleted: true });
  const all = await inActivity(activitiesAnew(), 'completeEvidence', { ...input, found });
  for (const name of ['top.json', 'timeline.txt', 'disk.json'])
    assert.equal(all.items.find((item) => item.name === name)?.collected, true, name);
});

test('a df that fails leaves no empty list as evidence', async (t) => {
  const { activities, engine } = await openScene(t, {
    collectors: COLLECTORS.filter(({ name }) => name === 'disk.json'),
  });
  engine.child.kill('SIGKILL');
  await engine.exited;
  replaceDf(t, 'exit 1');
  const { items } = await inActivity(
    activities,
    'collectEvidence',
    collection(reportOf(engine, 'dead')),
  );
  const disk = items.find(({ name }) => name === 'disk.json');
  assert.equal(disk?.collected, false);
  assert.match(disk.detail, /^empty list\. Next time: see that ps, ss and df work/);
});

test('an exit status that a probe has seen names the cause', async (t) => {
  const { activities, engine } = await openScene(t);
  engine.child.kill('SIGKILL');
  await engine.exited;
  const sighting = { suspicion: 'dead', probe: 'procfs', detail: '' } as const;
  const report: CrashReport = {
    ...reportOf(engine, 'dead'),
    sightings: [{ ...sighting, exit: { code: null, signal: 'SIGKILL' } }],
  };
  const { classification } = await inActivity(activities, 'collectEvidence', collection(report));
  const { cause, confidence, because } = classification;
  assert.deepEqual([cause, confidence], ['killed', 'certain']);
  assert.match(because, /^ended by SIGKILL: from outside/);
});
