/** What is seen later is added to what was seen first, as long as it can be told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { createDelivery } from '../../../clients/detector/delivery.js';
import { PROBES } from '../../../clients/detector/probes/index.js';
import { createSpool } from '../../../clients/detector/spool.js';
import { createWatch } from '../../../clients/detector/watch.js';
import type { WatchedFile } from '../../../clients/detector/watched.js';
import { classifyCause } from '../../../workflows/domain/crash/cause/classify.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { causeFactsOf } from '../../../workflows/domain/crash/sightings.js';
import { crashUpdateId } from '../../../workflows/ids.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { createSimulatedDisk } from '../../sim/files/simulated-disk.js';

const instance = { instanceId: 'desk-e1', pid: 7, startTicks: '9', build: '', epoch: 1 };
const later = { instance, suspicion: 'dead', probe: 'procfs', detail: 'exit status' } as const;
const exit = { code: null, signal: 'SIGTERM' };

function openWatch() {
  const guardian = { away: true, asked: 0, answers: Promise.resolve() };
  const reports: CrashReport[] = [];
  const spool = createSpool('/spool', createSimulatedDisk().open().files);
  const logged: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => void logged.push(line) });
  const why = { refused: false };
  const deliver = async (report: CrashReport) => {
    guardian.asked += 1;
    if (guardian.away) throw new Error('no connection');
    reports.push(report);
    await guardian.answers;
    return { disposition: 'opened', incidentId: 'i', workflowId: 'w' } as const;
  };
  const delivery = createDelivery(spool, { deliver, isAway: () => !why.refused }, logger);
  const record: WatchedFile = {
    value: { instance, ended: 'no' },
    left: null,
    save: (value) => void (record.value = value),
    saveLeft: () => undefined,
    settled: async () => undefined,
  };
  const dependencies = {
    delivery,
    killSwitchEngaged: async () => false,
    tell: async () => undefined,
    logger,
  };
  const watch = createWatch(
    { engineId: 'desk', host: 'h', stateFolder: '/nowhere', goodbyeMs: 500 },
    dependencies,
    record,
  );
  return { guardian, reports, spool, watch, logged, why };
}

test('an exit status seen after the first suspicion goes with the report, and to the spool', async () => {
  const { guardian, reports, spool, watch } = openWatch();
  watch.suspect({ instance, suspicion: 'dead', probe: 'socket', detail: 'end of file' });
  await eventually('it is tried', () => guardian.asked >= 1);
  assert.deepEqual(watch.untold(), instance);
  assert.equal(watch.current(), null);
  watch.suspect({ ...later, exit });
  watch.suspect({ ...later, exit });
  await eventually(
    'it is spooled',
    async () => (await spool.pending())[0]?.sightings?.length === 1,
  );
  guardian.away = false;
  const [report] = await eventually('it is delivered', () => reports.length > 0 && reports);
  assert.equal(report?.probe, 'socket');
  assert.deepEqual(report?.sightings, [
    { suspicion: 'dead', probe: 'procfs', detail: 'exit status', exit },
  ]);
  assert.deepEqual(classifyCause(causeFactsOf(report, [])).cause, 'terminated');
  await eventually('all is told', () => watch.untold() === null);
  await eventually('the spool is empty', async () => (await spool.pending()).length === 0);
  const { asked } = guardian;
  watch.suspect({ ...later, exit });
  assert.equal(guardian.asked, asked, 'nothing new is not told again');
});

test('a fact that is seen when the report is delivered reaches the open incident', async () => {
  const { guardian, reports, spool, watch } = openWatch();
  guardian.away = false;
  watch.suspect({ instance, suspicion: 'dead', probe: 'socket', detail: 'end of file' });
  await eventually('it is delivered', () => watch.untold() === null);
  watch.suspect({ ...later, exit });
  await eventually('it goes once more', () => reports.length === 2 && watch.untold() === null);
  watch.suspect({ ...later, exit, oomKilled: true });
  await eventually('and once more', () => reports.length === 3 && watch.untold() === null);
  const facts = causeFactsOf(reports[2] as CrashReport, []);
  assert.deepEqual([facts.exit, facts.oomKilled], [exit, true]);
  assert.equal(new Set(reports.map(crashUpdateId)).size, 3);
  await eventually('nothing stays spooled', async () => (await spool.pending()).length === 0);
});

test('what ends a hung engine that is told is its recovery, and no fact of its own', async () => {
  const { guardian, reports, watch } = openWatch();
  guardian.away = false;
  watch.suspect({ instance, suspicion: 'hung', probe: 'heartbeat_file', detail: '' });
  await eventually('it is delivered', () => watch.untold() === null);
  watch.suspect({ ...later, exit: { code: null, signal: 'SIGKILL' } });
  assert.equal(watch.untold(), null);
  assert.equal(reports.length, 1);
});

test('what is seen while a report is on its way goes once more, before it leaves the spool', async () => {
  const { guardian, reports, spool, watch } = openWatch();
  guardian.away = false;
  let answer = () => {};
  guardian.answers = new Promise((resolve) => (answer = resolve));
  watch.suspect({ instance, suspicion: 'dead', probe: 'socket', detail: 'end of file' });
  await eventually('it is on its way', () => reports.length === 1);
  watch.suspect({ instance, suspicion: 'dumping_core', probe: 'procfs', detail: 'writes' });
  answer();
  await eventually('it goes once more', () => reports.length === 2);
  assert.equal(reports[0]?.sightings, undefined);
  assert.deepEqual(
    reports[1]?.sightings?.map(({ suspicion }) => suspicion),
    ['dumping_core'],
  );
  const ids = reports.map(crashUpdateId);
  assert.notEqual(ids[0], ids[1], 'the server would answer with what it said to the first');
  await eventually('all is told', () => watch.untold() === null);
  assert.deepEqual(await spool.pending(), []);
  assert.equal(reports.length, 2);
});

test('who refuses a report is not called away', async () => {
  const { guardian, watch, logged, why } = openWatch();
  why.refused = true;
  watch.suspect({ instance, suspicion: 'dead', probe: 'socket', detail: 'end of file' });
  await eventually('it is said', () => logged.some((line) => line.includes('is not taken')));
  assert.ok(!logged.some((line) => line.includes('is away')));
  why.refused = false;
  await eventually('nobody is there', () => logged.some((line) => line.includes('is away')));
  guardian.away = false;
  await eventually('it is delivered', () => watch.untold() === null);
});

test('a core that is written after a hang is not lost', async () => {
  const { guardian, reports, watch } = openWatch();
  watch.suspect({ instance, suspicion: 'hung', probe: 'heartbeat_file', detail: '' });
  watch.suspect({ instance, suspicion: 'dumping_core', probe: 'procfs', detail: 'writes' });
  guardian.away = false;
  const [report] = await eventually('it is delivered', () => reports.length > 0 && reports);
  assert.equal(report?.suspicion, 'hung');
  assert.deepEqual(
    report?.sightings?.map(({ suspicion }) => suspicion),
    ['dumping_core'],
  );
});

test('an exit status of the first sighting is told with it', async () => {
  const { guardian, reports, watch } = openWatch();
  guardian.away = false;
  watch.suspect({ ...later, exit });
  const [report] = await eventually('it is delivered', () => reports.length > 0 && reports);
  assert.deepEqual(report?.sightings?.[0]?.exit, exit);
});

test('what is seen of another process adds nothing', async () => {
  const { guardian, reports, watch } = openWatch();
  watch.suspect({ instance, suspicion: 'dead', probe: 'socket', detail: '' });
  watch.suspect({ ...later, instance: { ...instance, startTicks: '10' }, exit });
  guardian.away = false;
  const [report] = await eventually('it is delivered', () => reports.length > 0 && reports);
  assert.equal(report?.sightings, undefined);
});

test('every kind of the table has a word of its own, and settings that only it has', () => {
  const kinds = PROBES.map(({ kind }) => kind);
  assert.equal(new Set(kinds).size, kinds.length);
  for (const { kind, Settings } of PROBES) {
    assert.equal(Settings.shape.kind.value, kind);
    assert.ok(!Settings.safeParse({ kind, nobodyReads: 1 }).success, kind);
  }
});
