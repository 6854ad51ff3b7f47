/** What is seen later is added to what was seen first, as long as it can be told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { createDelivery } from '../../../clients/detector/delivery.js';
import { HeartbeatSettings } from '../../../clients/detector/probes/heartbeat.js';
import { PROBES } from '../../../clients/detector/probes/index.js';
import { createSpool } from '../../../clients/detector/spool.js';
import { createWatch } from '../../../clients/detector/watch.js';
import type { WatchedFile } from '../../../clients/detector/watched.js';
import { classifyCause } from '../../../workflows/domain/crash/cause.js';
import { Probe, type CrashReport } from '../../../workflows/domain/crash/report.js';
import { causeFactsOf } from '../../../workflows/domain/crash/sightings.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { createMemoryFiles } from '../files/memory-files.js';

const instance = { instanceId: 'desk-e1', pid: 7, startTicks: '9', build: '', epoch: 1 };
const later = { instance, suspicion: 'dead', probe: 'procfs', detail: 'exit status' } as const;
const exit = { code: null, signal: 'SIGTERM' };

function openWatch() {
  const guardian = { away: true, asked: 0 };
  const reports: CrashReport[] = [];
  const spool = createSpool('/spool', createMemoryFiles());
  const logger = pino({ level: 'silent' });
  const deliver = async (report: CrashReport) => {
    guardian.asked += 1;
    if (guardian.away) throw new Error('no connection');
    reports.push(report);
    return { disposition: 'opened', incidentId: 'i', workflowId: 'w' } as const;
  };
  const delivery = createDelivery(spool, deliver, logger);
  const record: WatchedFile = {
    value: { instance, ended: 'no' },
    save: (value) => void (record.value = value),
    settled: async () => undefined,
  };
  const dependencies = { delivery, killSwitchEngaged: async () => false, logger };
  const watch = createWatch({ engineId: 'desk', host: 'h' }, dependencies, record);
  return { guardian, reports, spool, watch };
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
  assert.deepEqual(classifyCause(causeFactsOf(report, [])).cause, 'killed');
  await eventually('all is told', () => watch.untold() === null);
  await eventually('the spool is empty', async () => (await spool.pending()).length === 0);
  watch.suspect({ ...later, exit: { code: 3, signal: null } });
  assert.equal(reports.length, 1, 'one report for one instance');
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

test('every probe of the table has a word of crash reports, and checks settings of its own', () => {
  const kinds = PROBES.map(({ kind }) => kind);
  assert.equal(new Set(kinds).size, kinds.length);
  for (const kind of kinds) assert.ok(Probe.options.includes(kind), kind);
  const settings = { heartbeatFile: 'beat', healthyMs: 1, alarmMs: 2, procfsEveryMs: 1 };
  for (const { Settings } of PROBES) assert.ok(Settings.safeParse(settings).success);
  assert.ok(!HeartbeatSettings.safeParse({ ...settings, alarmMs: 0 }).success);
});
