/**
 * Real processes that die or hang: how a death is confirmed, and what of it is kept as evidence.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createAnalyseActivities } from '../../../../activities/steps/analyse.js';
import { isFailure } from '../../../../activities/errors.js';
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import type { Snapshot } from '../../../../workflows/domain/books/snapshot.js';
import { coreIn, folderOf, stateOf } from '../../../clients/host/processes.js';
import { whyNo, whyNoCore } from '../../../needs.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { collection, INCIDENT, openScene, reportOf } from './scene.js';
import { inActivity } from '../../ports.js';
import { WHOLE } from '../../../clients/host/evidence/whole.js';

/** The eight items of the procedure, as files. */
const ITEMS = [
  'top.json',
  'memory.json',
  'disk.json',
  'network.json',
  'oom.txt',
  'segfault.txt',
  'logs_recent.txt',
  'core.dump',
  'checkpoint_info.txt',
  'positions_exchange.json',
];

const deathOf = (report: CrashReport, ownInstances: string[] = []) => ({
  incidentId: INCIDENT,
  report,
  ownInstances,
});

test('a killed engine is confirmed dead, with nothing to trace', async (t) => {
  const { activities, engine } = await openScene(t);
  engine.child.kill('SIGKILL');
  await engine.exited;
  const death = await inActivity(activities, 'confirmDeath', deathOf(reportOf(engine, 'dead')));
  assert.equal(death.stacks, null);
  assert.match(death.detail, new RegExp(`^pid ${engine.pid} gone`));
});

test('a hung engine is traced, and only then killed', { skip: whyNo('gdb') }, async (t) => {
  const { activities, engine, ports } = await openScene(t);
  engine.child.kill('SIGSTOP');
  await eventually('it is stopped', () => stateOf(engine.pid) === 'T');
  const death = await inActivity(activities, 'confirmDeath', deathOf(reportOf(engine, 'hung')));
  assert.equal(await engine.exited, 'SIGKILL');
  assert.equal(death.stacks?.collected, true, death.stacks?.detail);
  const { folder } = await ports.forensics.collect(reportOf(engine, 'hung'), INCIDENT, WHOLE);
  assert.match(readFileSync(join(folder, 'stacks_hung.txt'), 'utf8'), /^#0 /m);
});

test(
  'a hung engine writes its core before it is killed, where that is wanted',
  { skip: whyNoCore() },
  async (t) => {
    const { activities, engine, engineFolder } = await openScene(t, { abortHung: true });
    await inActivity(activities, 'confirmDeath', deathOf(reportOf(engine, 'hung')));
    assert.equal(await engine.exited, 'SIGABRT');
    assert.ok(readFileSync(coreIn(engineFolder)).length > 0);
  },
);

test('one that does not listen, because it is stopped, is killed all the same', async (t) => {
  const { activities, engine } = await openScene(t, { abortHung: true });
  engine.child.kill('SIGSTOP');
  await eventually('it is stopped', () => stateOf(engine.pid) === 'T');
  await inActivity(activities, 'confirmDeath', deathOf(reportOf(engine, 'hung')));
  assert.equal(await engine.exited, 'SIGKILL');
});

test(
  'an attempt after one that was lost returns the stacks that it had taken',
  { skip: whyNo('gdb') },
  async (t) => {
    const { activities, engine } = await openScene(t);
    const hung = deathOf(reportOf(engine, 'hung'));
    const lost = await inActivity(activities, 'confirmDeath', hung);
    assert.equal(lost.stacks?.collected, true, lost.stacks?.detail);
    const again = await inActivity(activities, 'confirmDeath', hung);
    assert.deepEqual(again.stacks, lost.stacks);
    const other = deathOf(reportOf(engine, 'hung', 'one-e1'));
    assert.equal((await inActivity(activities, 'confirmDeath', other)).stacks, null);
  },
);

test('a hung engine is killed also where gdb is absent, which is said', async (t) => {
  const { activities, engine } = await openScene(t);
  const path = process.env['PATH'];
  t.after(() => {
    process.env['PATH'] = path;
  });
  process.env['PATH'] = folderOf(t);
  const death = await inActivity(activities, 'confirmDeath', deathOf(reportOf(engine, 'hung')));
  assert.equal(await engine.exited, 'SIGKILL');
  assert.deepEqual(death.stacks, {
    name: 'stacks_hung.txt',
    collected: false,
    detail: 'gdb is not installed. Next time: install gdb on this host',
  });
});

test('an engine that lives on stops the recovery, and is not killed on a suspicion of death', async (t) => {
  const { engine, ports } = await openScene(t);
  // Five minutes pass between two looks.
  let nowMs = 0;
  const hasty = createAnalyseActivities({
    ...ports,
    clock: { nowMs: () => (nowMs += 200_000) },
  });
  await assert.rejects(
    inActivity(hasty, 'confirmDeath', deathOf(reportOf(engine, 'dead'))),
    (error) => isFailure(error, 'EngineStillAlive'),
  );
  assert.equal(await ports.processes.liveness(engine), 'alive');
});

test('instances that this recovery started are ended, those of others stop it', async (t) => {
  const { activities, engine, processes, start } = await openScene(t);
  engine.child.kill('SIGKILL');
  await engine.exited;
  const own = await start('one-e2');
  const report = reportOf(engine, 'dead');
  const death = await inActivity(activities, 'confirmDeath', deathOf(report, ['one-e2']));
  assert.equal(await own.exited, 'SIGKILL');
  assert.match(death.detail, new RegExp(`ended leftover ${own.pid}$`));
  const stranger = await start('by-hand');
  await assert.rejects(
    inActivity(activities, 'confirmDeath', deathOf(report, ['one-e2'])),
    (error) => isFailure(error, 'AnotherEngineAlive'),
  );
  assert.equal(await processes.liveness(stranger), 'alive');
});

test('a segmentation fault is read from the core itself', { skip: whyNoCore() }, async (t) => {
  const { activities, engine, engineFolder, ports } = await openScene(t);
  engine.child.kill('SIGSEGV');
  await engine.exited;
  const snapshot: Snapshot = {
    takenAtMs: Date.now(),
    venues: [{ readable: false, venue: 'kraken', account: 'main', why: 'down' }],
  };
  const ref = await ports.artifacts.put('venue-snapshot', snapshot);
  const stacks = { name: 'stacks_hung.txt', collected: true, detail: '' };
  const input = { ...collection(reportOf(engine, 'dead')), snapshot: ref, stacks };
  const evidence = await inActivity(activities, 'collectEvidence', input);
  const { cause, confidence, because } = evidence.classification;
  assert.deepEqual([cause, confidence], ['segfault', 'certain']);
  assert.match(because, new RegExp(`^core of signal 11, SIGSEGV: sent by pid ${process.pid}`));
  const names = evidence.items.map(({ name }) => name);
  for (const name of [...ITEMS, 'stacks_hung.txt']) assert.ok(names.includes(name), name);
  for (const { name, collected, detail } of evidence.items) {
    if (name === 'stacks_hung.txt') continue;
    assert.equal(existsSync(join(evidence.folder, name)), collected, `${name}: ${detail}`);
  }
  const core = evidence.items.find(({ name }) => name === 'core.dump');
  assert.match(core?.detail ?? '', /signal 11$/);
  assert.equal(existsSync(join(engineFolder, 'core')), false, 'the core was not moved');
  const positions = readFileSync(join(evidence.folder, 'positions_exchange.json'), 'utf8');
  assert.deepEqual(JSON.parse(positions), snapshot);

  // A worker that restarts collects again: what is there stays.
  const again = await inActivity(activities, 'collectEvidence', input);
  assert.deepEqual(again.classification, evidence.classification);
});

test('a core of another process is not taken', { skip: whyNoCore() }, async (t) => {
  const { activities, engine, engineFolder, start } = await openScene(t);
  const other = await start('other');
  other.child.kill('SIGSEGV');
  await other.exited;
  engine.child.kill('SIGKILL');
  await engine.exited;
  const evidence = await inActivity(
    activities,
    'collectEvidence',
    collection(reportOf(engine, 'dead')),
  );
  const core = evidence.items.find(({ name }) => name === 'core.dump');
  assert.equal(core?.collected, false);
  assert.notEqual(evidence.classification.cause, 'segfault');

  assert.equal(readdirSync(engineFolder).length, 1);
});

test('SIGKILL leaves nothing behind, and only a readable kernel log makes it likely', async (t) => {
  const { activities, engine } = await openScene(t);
  engine.child.kill('SIGKILL');
  await engine.exited;
  const { items, classification } = await inActivity(
    activities,
    'collectEvidence',
    collection(reportOf(engine, 'dead')),
  );
  const kernelLog = items.find(({ name }) => name === 'oom.txt');
  const readable = kernelLog?.collected === true || kernelLog?.detail === 'nothing was found';
  const { cause, confidence, because } = classification;
  // Ten faults of other tests at that moment, and the kernel would have written no other.
  const tells = readable && !/the kernel (?:left|leaves) /.test(because);
  assert.deepEqual([cause, confidence], tells ? ['killed', 'likely'] : ['unknown', 'guess']);
  const core = items.find(({ name }) => name === 'core.dump');
  assert.equal(core?.collected, false);
  assert.match(
    core.detail,
    /^no core file of this process: 0 files are named in .*Next time: .*ulimit -c/,
  );
  const positions = items.find(({ name }) => name === 'positions_exchange.json');
  assert.equal(positions?.detail, 'the venues could not be read');
});

test('a failed assertion in the log is the reason, where no core tells more', async (t) => {
  const { activities, engine, log } = await openScene(t);
  engine.child.kill('SIGKILL');
  await engine.exited;
  const assertion = 'Assertion failed: position.quantity == expected';
  const started = JSON.stringify({ time: Date.now(), msg: 'engine started' });
  writeFileSync(log, `${started}\n${assertion}\n`);
  const evidence = await inActivity(
    activities,
    'collectEvidence',
    collection(reportOf(engine, 'dead')),
  );
  const { cause, confidence, because } = evidence.classification;
  assert.deepEqual([cause, confidence, because], ['assertion', 'likely', assertion]);
});

test('an assertion that nothing dates is shown, and proves nothing', async (t) => {
  const { activities, engine, log } = await openScene(t);
  engine.child.kill('SIGKILL');
  await engine.exited;
  writeFileSync(log, 'Assertion failed: of who knows when\n');
  utimesSync(log, 1, 1);
  const { classification, items } = await inActivity(
    activities,
    'collectEvidence',
    collection(reportOf(engine, 'dead')),
  );
  assert.notEqual(classification.cause, 'abort');
  const logs = items.find(({ name }) => name === 'logs_recent.txt');
  assert.match(
    logs?.detail ?? '',
    /may be of an earlier life: Assertion failed: of who knows when$/,
  );
});

test(
  'a second crash of an incident is not classified by the first, and takes nothing from it',
  { skip: whyNoCore() },
  async (t) => {
    const { activities, engine, log, start } = await openScene(t);
    engine.child.kill('SIGSEGV');
    await engine.exited;
    writeFileSync(log, 'words of the first\n');
    const first = collection(reportOf(engine, 'dead'));
    const before = await inActivity(activities, 'collectEvidence', first);
    assert.equal(before.classification.cause, 'segfault');

    const next = await start('one-e1');
    next.child.kill('SIGKILL');
    await next.exited;
    writeFileSync(log, 'words of the second\n');
    const second = collection(reportOf(next, 'dead', 'one-e1'));
    const after = await inActivity(activities, 'collectEvidence', second);
    assert.notEqual(after.classification.cause, 'segfault');
    assert.equal(after.items.find(({ name }) => name === 'core.dump')?.collected, false);
    assert.notEqual(after.folder, before.folder);

    const kept = (name: string) => readFileSync(join(before.folder, name), 'utf8');
    assert.equal(kept('logs_recent.txt'), 'words of the first\n');
    const index = JSON.parse(kept('index.json')) as typeof before & { report: CrashReport };
    assert.deepEqual(index.items, before.items);
    assert.deepEqual(index.classification, before.classification);
    assert.deepEqual(index.report, first.report);
    // As if the clock of the host had been set forward since.
    utimesSync(join(before.folder, 'core.dump'), 1, 1);
    const again = await inActivity(activities, 'collectEvidence', first);
    assert.deepEqual(again.classification, before.classification);
  },
);

test('a hang is a hang, whatever else is found', async (t) => {
  const { activities, engine } = await openScene(t);
  engine.child.kill('SIGKILL');
  await engine.exited;
  const evidence = await inActivity(
    activities,
    'collectEvidence',
    collection(reportOf(engine, 'hung')),
  );
  assert.equal(evidence.classification.cause, 'hang');
});
