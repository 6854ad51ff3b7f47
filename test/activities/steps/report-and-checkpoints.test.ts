/** The last step's report and notices, and the checkpoints that a recovery reads and writes. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createAfterActivities } from '../../../activities/steps/after.js';
import { isFailure } from '../../../activities/errors.js';
import type { Notice } from '../../../activities/ports.js';
import { openChannel } from '../../../clients/notify/index.js';
import { takenAtMs, validateCheckpoint } from '../../../workflows/domain/engine/checkpoint.js';
import { stateDigest } from '../../../workflows/domain/books/state.js';
import { sourcesOf } from '../../../workflows/domain/reconciliation/origin/sources.js';
import { emptyReport } from '../../clients/report/sample-report.js';
import { line, resolution } from '../../clients/report/sample-tables.js';
import { inActivity, openControlPlane } from '../ports.js';
import { held, openCheckpoints, RULES } from './checkpoints/folder.js';

const NOTHING_APPLIED = { fillsApplied: 0, flowsApplied: 0, forced: [] };

test('the same record gives the same two files, byte for byte, with their tables', async (t) => {
  const { activities, ports } = await openControlPlane(t);
  const lines = [line(1, 'match'), line(2, 'unexplained')];
  const counts = { match: 1, explained: 0, unexplained: 1, unknown: 0 };
  const ref = await ports.artifacts.put('reconciliation', lines);
  const adjustments = await ports.artifacts.put('adjustments', []);
  const record = {
    ...emptyReport().record,
    incidentId: 'desk/2026-01-02',
    reconciliation: { ...NOTHING_APPLIED, counts, lines: ref, adjustments },
  };
  const first = await inActivity(activities, 'writeReport', { record });
  const bytes = [readFileSync(first.pdf), readFileSync(first.json)];
  assert.equal(bytes[0]?.subarray(0, 5).toString(), '%PDF-');
  const json = JSON.parse(bytes[1]?.toString() ?? '') as { lines: object[]; resolutions: unknown };
  const told = lines.map((one) => ({
    ...one,
    sources: sourcesOf(one, { stateSource: record.stateSource, reconciliation: null }),
  }));
  assert.deepEqual([json.lines, json.resolutions], [told, []]);
  const second = await inActivity(activities, 'writeReport', { record });
  assert.deepEqual(second, first);
  assert.deepEqual([readFileSync(second.pdf), readFileSync(second.json)], bytes);
});

test('a report whose tables are lost fails instead of showing none', async (t) => {
  const { activities, ports } = await openControlPlane(t);
  const kept = await ports.artifacts.put('order-resolutions', [resolution(1)]);
  const counts = { match: 0, explained: 0, unexplained: 0, unknown: 0 };
  const lost = { ...kept, kind: 'reconciliation', sha256: '0'.repeat(64) };
  const record = {
    ...emptyReport().record,
    reconciliation: { ...NOTHING_APPLIED, counts, lines: lost, adjustments: kept },
  };
  await assert.rejects(inActivity(activities, 'writeReport', { record }), (error) =>
    isFailure(error, 'ArtifactMissing'),
  );
});

const NOTICE: Notice = {
  incidentId: 'i',
  engineId: 'desk',
  severity: 'info',
  title: 'title',
  text: 'text',
  dedupKey: 'once',
};

/** Answers 500 as often as told, then 200. */
async function flakyWebhook(t: TestContext, failures: number) {
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers['idempotency-key']);
    response.writeHead(keys.length <= failures ? 500 : 200).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, keys };
}

const notifying = (...urls: string[]) => {
  const channels = urls.map((url, index) =>
    openChannel({ kind: 'webhook', name: `hook-${index}`, url }),
  );
  return createAfterActivities({ channels } as never);
};

test('a dead channel keeps no other from being told, and is named', async (t) => {
  const { url, keys } = await flakyWebhook(t, 0);
  const { undelivered } = await inActivity(notifying('http://127.0.0.1:1/', url), 'notify', NOTICE);
  assert.deepEqual(keys, ['once']);
  assert.equal(undelivered?.length, 1);
  assert.equal(undelivered[0]?.channel, 'hook-0');
  assert.match(undelivered[0].why, /^NotificationFailed: hook-0 does not answer/);
});

test('a channel that failed is tried alone, with the same key, until it takes the notice', async (t) => {
  const { url, keys } = await flakyWebhook(t, 2);
  const sound = await flakyWebhook(t, 0);
  const activities = notifying(url, sound.url);
  const again = () =>
    inActivity(activities, 'notifyChannel', { channel: 'hook-0', notice: NOTICE });
  const { undelivered, sent } = await inActivity(activities, 'notify', NOTICE);
  const why = 'NotificationFailed: hook-0 answered 500';
  assert.deepEqual(undelivered, [{ channel: 'hook-0', why }]);
  assert.deepEqual(sent, ['hook-1']);
  const error: unknown = await again().catch((reason: unknown) => reason);
  assert.ok(isFailure(error, 'NotificationFailed') && error.nonRetryable === false);
  await again();
  assert.deepEqual([keys, sound.keys], [['once', 'once', 'once'], ['once']]);
  assert.deepEqual(await inActivity(notifying(), 'notify', NOTICE), {
    undelivered: [],
    sent: [],
  });
});

test('channels that took a notice before a worker died are not sent it again', async (t) => {
  const [first, second] = [await flakyWebhook(t, 0), await flakyWebhook(t, 0)];
  const activities = notifying(first.url, second.url);
  await inActivity(activities, 'notify', NOTICE, { heartbeatDetails: ['hook-0'] });
  assert.deepEqual([first.keys, second.keys], [[], ['once']]);
});

test('a channel that is no longer configured is not tried for ever', async () => {
  await assert.rejects(
    inActivity(notifying(), 'notifyChannel', { channel: 'gone', notice: NOTICE }),
    (error) => isFailure(error, 'ConfigurationInvalid') && error.nonRetryable === true,
  );
});

test('checkpoints are judged newest first: whole, damaged, old, of another engine', async (t) => {
  const { activities, write } = openCheckpoints(t);
  write('1.ckpt', 7_200_000);
  write('2.ckpt', 1_000);
  write('3.ckpt', 1_000, 'another');
  const damaged = write('4.ckpt', 500);
  writeFileSync(damaged, readFileSync(damaged, 'utf8').replace('12.50', '92.50'));
  const truncated = write('5.ckpt', 500);
  writeFileSync(truncated, readFileSync(truncated).subarray(0, 100));
  const judged = await inActivity(activities, 'inspectCheckpoints', {
    ...RULES,
    crashedAtMs: Date.now(),
  });
  assert.deepEqual(
    judged.map(({ name, valid, warnings }) => [name, valid, warnings.length]),
    [
      ['5.ckpt', false, 0],
      ['4.ckpt', false, 0],
      ['3.ckpt', false, 0],
      ['2.ckpt', true, 0],
      ['1.ckpt', true, 1],
    ],
  );
});

test('a checkpoint is loaded as it was written, and an unusable one never', async (t) => {
  const { activities, ports, write } = openCheckpoints(t);
  write('1.ckpt', 1_000);
  const loaded = await inActivity(activities, 'loadCheckpoint', { ...RULES, name: '1.ckpt' });
  assert.deepEqual(await ports.artifacts.get('engine-state', loaded.state), held);
  assert.equal(loaded.sequence, 1);
  assert.ok(Math.abs(Date.now() - 1_000 - loaded.takenAtMs) < 60_000);
  write('2.ckpt', 1_000, 'another');
  for (const name of ['2.ckpt', 'absent.ckpt']) {
    await assert.rejects(inActivity(activities, 'loadCheckpoint', { ...RULES, name }), (error) =>
      isFailure(error, 'CheckpointUnusable'),
    );
  }
});

test('the recovered checkpoint is written once, and no lower epoch writes after it', async (t) => {
  const { activities, ports } = openCheckpoints(t);
  const state = await ports.artifacts.put('engine-state', held);
  const input = { engineId: 'desk', instanceId: 'desk-e5', epoch: 5, sequence: 7, state };
  const stamp = { takenAtMs: Date.now() - 1_000 };
  const first = await inActivity(activities, 'writeRecoveredCheckpoint', { ...input, ...stamp });
  assert.deepEqual(
    await inActivity(activities, 'writeRecoveredCheckpoint', { ...input, ...stamp }),
    first,
  );
  const later = { takenAtMs: Date.now() };
  assert.deepEqual(
    await inActivity(activities, 'writeRecoveredCheckpoint', { ...input, ...later }),
    first,
  );
  assert.deepEqual([first.sequence, first.digest], [8, stateDigest(held)]);
  const verdict = validateCheckpoint(readFileSync(first.path), { ...RULES, nowMs: Date.now() });
  assert.deepEqual(verdict.checkpoint?.state, held);
  const { epoch, instanceId, sequence } = verdict.checkpoint?.header ?? {};
  assert.deepEqual([epoch, instanceId, sequence], [5, 'desk-e5', 8]);
  await assert.rejects(
    inActivity(activities, 'writeRecoveredCheckpoint', { ...input, ...stamp, epoch: 4 }),
    (error) => isFailure(error, 'StaleEpoch'),
  );
});

test('a worker whose clock is ahead writes nothing of the future, however often', async (t) => {
  const { activities, ports } = openCheckpoints(t);
  const state = await ports.artifacts.put('engine-state', held);
  const input = { engineId: 'desk', instanceId: 'desk-e5', epoch: 5, sequence: 7, state };
  const ahead = { ...input, takenAtMs: Date.now() + 30_000 };
  const first = await inActivity(activities, 'writeRecoveredCheckpoint', ahead);
  const again = await inActivity(activities, 'writeRecoveredCheckpoint', ahead);
  assert.deepEqual(again, first);
  const nowMs = Date.now();
  const { warnings, checkpoint } = validateCheckpoint(readFileSync(first.path), {
    ...RULES,
    nowMs,
  });
  assert.deepEqual(warnings, []);
  assert.ok(checkpoint !== null && takenAtMs(checkpoint.header) <= nowMs);
});
