/**
 * The store that a configuration names: what is accepted, what is told of one that cannot be used, and
 * reports that another host of the fleet wrote.
 */
import { ALWAYS } from '../../../activities/procedures/lease.js';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { createAfterActivities } from '../../../activities/steps/after.js';
import {
  composeArtifacts,
  composeReportFolder,
  composeSharedReports,
  warnOfArtifacts,
} from '../../../workers/compose/artifacts.js';
import { loadConfig } from '../../../workers/config/load.js';
import { requireSecrets, requireStoreSecrets } from '../../../workers/config/secrets.js';
import { listReports } from '../../../workers/operations/reports.js';
import { openFaultyS3, KEYS } from '../../clients/artifacts/faulty-s3.js';
import { folderOf } from '../../clients/host/processes.js';
import { emptyReport } from '../../clients/report/sample-report.js';
import { inActivity } from '../../activities/ports.js';
import { writeConfig } from '../processes/parts.js';

const hostWith = (t: TestContext, host: string, artifacts: object) =>
  loadConfig(writeConfig(folderOf(t), { host, artifacts }));

const SECRET = { env: 'RELIGHT_TEST_S3' };
const S3 = { endpoint: 'https://s3.example.com', bucket: 'fleet' };
const withKeys = (change: object) => ({
  s3: { ...S3, accessKeyId: SECRET, secretAccessKey: SECRET, ...change },
});

test('a store is a folder or a bucket, and what is wrong with it is told', (t) => {
  const { s3 } = hostWith(t, 'a', withKeys({})).artifacts;
  assert.equal(s3?.region, 'us-east-1');
  assert.equal(s3.prefix, 'relight');
  hostWith(t, 'a', withKeys({ endpoint: 'http://127.0.0.1:9000' }));
  const wrong: [object, RegExp][] = [
    [{ folder: '/mnt/x', ...withKeys({}) }, /artifacts.*two stores/],
    [withKeys({ endpoint: 'http://s3.example.com' }), /artifacts\.s3\.endpoint.*use https/],
    [withKeys({ endpoint: 'http://minio:9000' }), /artifacts\.s3\.endpoint.*use https/],
    [withKeys({ endpoint: 'https://k:s@s3.example.com' }), /artifacts\.s3\.endpoint/],
    [withKeys({ bucket: 'Fleet' }), /artifacts\.s3\.bucket/],
    [withKeys({ bucket: 'a/../b' }), /artifacts\.s3\.bucket/],
    [withKeys({ prefix: '../other' }), /artifacts\.s3\.prefix/],
    [withKeys({ prefix: 'a//b' }), /artifacts\.s3\.prefix/],
    [withKeys({ region: 'eu central' }), /artifacts\.s3\.region/],
    [withKeys({ accessKeyId: 'AKIA' }), /artifacts\.s3\.accessKeyId.*env/],
    [withKeys({ bukket: 'x' }), /bukket/],
  ];
  for (const [artifacts, words] of wrong) {
    assert.throws(() => hostWith(t, 'a', artifacts), words, JSON.stringify(artifacts));
  }
  const keys = /artifacts\.s3\.accessKeyId, artifacts\.s3\.secretAccessKey: .*RELIGHT_TEST_S3/;
  assert.throws(() => requireSecrets(hostWith(t, 'a', withKeys({}))), keys);
  assert.throws(() => requireStoreSecrets(hostWith(t, 'a', withKeys({}))), keys);
});

async function warnings(config: ReturnType<typeof loadConfig>) {
  const said: unknown[] = [];
  await warnOfArtifacts(config, { warn: (...words: unknown[]) => void said.push(words) });
  return JSON.stringify(said);
}

test('a folder that is not mounted is told and never made, and has no artifact missing', async (t) => {
  const folder = join(folderOf(t), 'mount', 'relight');
  const config = hostWith(t, 'a', { folder });
  assert.match(await warnings(config), /artifacts\.folder\) is not there: mount it.*remedy/);
  mkdirSync(folder, { recursive: true });
  assert.equal(await warnings(config), '[]');
  const store = composeArtifacts(config);
  const ref = await store.put('adjustments', []);
  renameSync(folder, `${folder}-away`);
  const away = (error: unknown) => isFailure(error, 'ArtifactsUnreachable');
  await assert.rejects(store.get('adjustments', ref), away);
  await assert.rejects(store.put('adjustments', []), away);
  writeFileSync(folder, '');
  await assert.rejects(store.get('adjustments', ref), away, 'a file is no folder');
  rmSync(folder);
  renameSync(`${folder}-away`, folder);
  assert.deepEqual(await store.get('adjustments', ref), []);
});

test('a bucket that cannot be used is told at the start, without its keys', async (t) => {
  const s3 = await openFaultyS3(t);
  const file = (name: string, content: string) => {
    const path = join(folderOf(t), name);
    writeFileSync(path, content, { mode: 0o600 });
    return { file: path };
  };
  const config = (secret: string) =>
    hostWith(t, 'a', {
      s3: {
        ...S3,
        endpoint: s3.settings.endpoint,
        accessKeyId: file('id', KEYS.accessKeyId),
        secretAccessKey: file('secret', secret),
      },
    });
  assert.equal(await warnings(config(KEYS.secretAccessKey)), '[]');
  const said = await warnings(config('MistypedSecret'));
  assert.match(said, /bucket fleet\) answered 403 \(SignatureDoesNotMatch\)/);
  assert.doesNotMatch(said, /Mistyped|AKIA|127\.0/);
});

function writerOf(config: ReturnType<typeof loadConfig>) {
  return createAfterActivities({
    artifacts: composeArtifacts(config),
    reports: composeReportFolder(config),
    sharedReports: composeSharedReports(config),
    lease: () => ALWAYS,
    renderer: { render: async () => Buffer.from('%PDF-') },
  } as never);
}

test('a report is found on another host, brought there whole, and stays where it was', async (t) => {
  const folder = folderOf(t);
  const here = hostWith(t, 'host-a', { folder });
  const there = hostWith(t, 'host-b', { folder });
  const record = { ...emptyReport().record, incidentId: 'desk/one' };
  const written = await inActivity(writerOf(here), 'writeReport', { record });
  assert.equal(written.elsewhere, 'on other hosts: relight report desk/one');
  const [own] = await listReports(here);
  assert.deepEqual([own?.host, own?.json], [null, written.json]);
  const [listed] = await listReports(there);
  assert.deepEqual(
    [listed?.incidentId, listed?.outcome, listed?.host, listed?.json],
    ['desk/one', record.outcome, 'host-a', null],
  );
  const [brought] = await listReports(there, 'desk/one');
  assert.notEqual(brought?.json, written.json);
  assert.deepEqual(readFileSync(brought?.json ?? ''), readFileSync(written.json));
  assert.deepEqual(readFileSync(brought?.pdf ?? ''), readFileSync(written.pdf));
  assert.deepEqual(await listReports(there, 'desk/two'), []);
});

test('a store that is away takes no report from its own host, and is told', async (t) => {
  const folder = join(folderOf(t), 'mount');
  mkdirSync(folder);
  const config = hostWith(t, 'host-a', { folder });
  rmSync(folder, { recursive: true });
  const record = { ...emptyReport().record, incidentId: 'desk/one' };
  const written = await inActivity(writerOf(config), 'writeReport', { record });
  assert.match(written.elsewhere ?? '', /^other hosts do not find it: ArtifactsUnreachable: /);
  const unread: string[] = [];
  const found = await listReports(config, null, (why) => unread.push(why));
  assert.deepEqual(
    found.map(({ json }) => json),
    [written.json],
  );
  assert.match(unread.join(), /ArtifactsUnreachable: .*artifacts\.folder/);
});
