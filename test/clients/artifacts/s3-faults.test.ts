/**
 * A bucket that fails: what is said is true, holds no secret and no address, and no artifact is ever
 * another one. Could not read is never missing.
 */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { createStoreOver } from '../../../clients/artifacts/index.js';
import { createSharedReports } from '../../../clients/artifacts/reports.js';
import { createS3Blobs } from '../../../clients/artifacts/s3/index.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import { KEYS, openFaultyS3, refuse } from './faulty-s3.js';

const STATE = { ...emptyState(), balances: [] };

async function openStore(t: TestContext) {
  const s3 = await openFaultyS3(t);
  const blobs = createS3Blobs(s3.settings, 'a/b/');
  const store = createStoreOver(blobs);
  const ref = await store.put('engine-state', STATE);
  const [key = ''] = s3.objects.keys();
  return { s3, blobs, store, ref, key };
}

const away = (words: RegExp) => (error: unknown) => {
  assert.ok(isFailure(error, 'ArtifactsUnreachable'), String(error));
  assert.equal(error.nonRetryable, false);
  assert.match(error.message, words);
  assert.doesNotMatch(error.message, /127\.0\.0\.1|http|AKIA|Signature=|Secret/);
  return true;
};
const missing = (words: RegExp) => (error: unknown) =>
  isFailure(error, 'ArtifactMissing') && words.test(error.message);

test('content comes back; put again, it is not sent again', async (t) => {
  const { s3, store, ref, key } = await openStore(t);
  assert.equal(key, `a/b/engine-state/${ref.sha256}`);
  assert.deepEqual(await store.get('engine-state', ref), STATE);
  await store.put('engine-state', STATE);
  assert.deepEqual(
    s3.asked.map((line) => line.split(' ')[0]),
    ['HEAD', 'PUT', 'GET', 'HEAD'],
  );
});

test('only a server that says so in its own words has no such artifact', async (t) => {
  const { s3, store, ref } = await openStore(t);
  const lost = { ...ref, sha256: '0'.repeat(64) };
  await assert.rejects(store.get('engine-state', lost), missing(/is not stored/));
  const answers: [(answer: ServerResponse) => void, RegExp][] = [
    [(answer) => refuse(answer, 404, 'NoSuchBucket'), /answered 404 \(NoSuchBucket\)/],
    [(answer) => answer.writeHead(404).end('<html>no such page</html>'), /answered 404$/],
    [(answer) => refuse(answer, 403, 'AccessDenied'), /answered 403 \(AccessDenied\)/],
    [(answer) => answer.writeHead(204).end(), /answered 204$/],
    [(answer) => answer.writeHead(404).end('x'.repeat(200_000)), /answered 404$/],
  ];
  for (const [act, words] of answers) {
    s3.instead = (answer) => {
      act(answer);
      return true;
    };
    await assert.rejects(store.get('engine-state', ref), away(words));
    await assert.rejects(store.put('engine-state', { ...STATE, positions: [] }), away(words));
  }
});

test('a server in trouble is asked again, and what it gives then is the artifact', async (t) => {
  const { s3, store, ref } = await openStore(t);
  for (const status of [500, 503, 429]) {
    const start = s3.asked.length;
    s3.instead = (answer, _request, before) => {
      if (before >= start + 2) return false;
      refuse(answer, status, 'SlowDown');
      return true;
    };
    assert.deepEqual(await store.get('engine-state', ref), STATE);
  }
  s3.instead = (answer) => {
    refuse(answer, 500, 'InternalError');
    return true;
  };
  const start = s3.asked.length;
  await assert.rejects(
    store.get('engine-state', ref),
    away(/bucket fleet\) answered 500 \(InternalError\)$/),
  );
  assert.equal(s3.asked.length - start, 3, 'and not for ever');
});

test('no answer, a slow one and a broken one are no artifact and no missing one', async (t) => {
  const { s3, ref } = await openStore(t);
  const store = createStoreOver(createS3Blobs({ ...s3.settings, timeoutMs: 100 }, 'a/b/'));
  const answers: [(answer: ServerResponse) => void, RegExp][] = [
    [() => undefined, /does not answer \(TimeoutError\)/],
    [(answer) => answer.writeHead(200).write('{'), /does not answer \(TimeoutError\)/],
    [(answer) => answer.destroy(), /does not answer \(\w+\)/],
    [
      (answer) => {
        answer.writeHead(200, { 'content-length': ref.bytes });
        answer.write('{"half":', () => answer.destroy());
      },
      /does not answer \(\w+\)/,
    ],
  ];
  for (const [act, words] of answers) {
    s3.instead = (answer) => {
      act(answer);
      return true;
    };
    await assert.rejects(store.get('engine-state', ref), away(words));
  }
});

test('a server that is not there is told by the line', async (t) => {
  const { s3, ref } = await openStore(t);
  const settings = { ...s3.settings, endpoint: 'http://127.0.0.1:9' };
  const store = createStoreOver(createS3Blobs(settings, ''));
  await assert.rejects(store.get('engine-state', ref), away(/does not answer \(\w+\)/));
});

test('another content under a right name is never given, whatever its length', async (t) => {
  const { s3, store, ref, key } = await openStore(t);
  const whole = s3.objects.get(key) ?? assert.fail('not stored');
  const others = [
    Buffer.from(whole.toString().replace('[]', '{}')),
    whole.subarray(0, -1),
    Buffer.concat([whole, Buffer.from(' ')]),
    Buffer.alloc(0),
  ];
  for (const other of others) {
    s3.objects.set(key, other);
    await assert.rejects(store.get('engine-state', ref), missing(/is damaged: its hash differs/));
  }
  await store.put('engine-state', STATE);
  assert.deepEqual(await store.get('engine-state', ref), STATE, 'and put again, it is mended');
});

test('what came through in half is asked for once more', async (t) => {
  const { s3, store, ref } = await openStore(t);
  const start = s3.asked.length;
  s3.instead = (answer, _request, before) => {
    if (before > start) return false;
    answer.end('{"half":');
    return true;
  };
  assert.deepEqual(await store.get('engine-state', ref), STATE);
});

test('more than the artifact is not taken in', async (t) => {
  const { s3, store, ref } = await openStore(t);
  const closed = new Promise<void>((resolve) => {
    s3.instead = (answer) => {
      answer.on('close', resolve);
      answer.writeHead(200).write('x'.repeat(ref.bytes + 1));
      return true;
    };
  });
  await assert.rejects(store.get('engine-state', ref), missing(/is damaged/));
  await closed;
});

test('no redirect is followed, so that no signature goes elsewhere', async (t) => {
  const { s3, store, ref } = await openStore(t);
  const elsewhere = await openFaultyS3(t);
  for (const status of [301, 302, 307, 308]) {
    s3.instead = (answer) => {
      answer.writeHead(status, { location: `${elsewhere.settings.endpoint}/x` }).end();
      return true;
    };
    await assert.rejects(store.get('engine-state', ref), away(new RegExp(`answered ${status}`)));
    await assert.rejects(store.put('engine-state', STATE), away(new RegExp(`answered ${status}`)));
  }
  assert.deepEqual(elsewhere.asked, []);
});

test('a wrong secret is refused, and told without it', async (t) => {
  const { s3, ref } = await openStore(t);
  const settings = { ...s3.settings, secretAccessKey: `${KEYS.secretAccessKey}x` };
  const store = createStoreOver(createS3Blobs(settings, 'a/b/'));
  await assert.rejects(store.get('engine-state', ref), away(/403 \(SignatureDoesNotMatch\)/));
});

test('reports are listed over pages; what is damaged or strange among them hides none', async (t) => {
  const { s3, blobs } = await openStore(t);
  const reports = createSharedReports(blobs, 'host-a');
  const files = { json: Buffer.from('{}'), pdf: Buffer.from('%PDF-') };
  const ids = ['desk/1', 'desk/2', 'desk/3', 'desk/4', 'Zürich/5 &<'];
  for (const [index, incidentId] of ids.entries()) {
    await reports.share({ incidentId, outcome: 'recovered', endedAtMs: index }, files);
  }
  const strange = Buffer.from('{"version":9}');
  s3.objects.set('a/b/reports/readme', strange);
  s3.objects.set(`a/b/reports/${'0'.repeat(64)}/${'1'.repeat(64)}`, strange);
  const found = await reports.list(null);
  assert.deepEqual(found.map(({ incidentId }) => incidentId).toSorted(), ids.toSorted());
  assert.equal((await reports.list('desk/3')).length, 1);
  s3.instead = (answer, request) => {
    if (!request.url?.includes('list-type')) return false;
    answer.writeHead(200).end('<ListBucketResult><IsTruncated>true</IsTruncated>');
    return true;
  };
  await assert.rejects(reports.list(null), away(/answered 200/));
});
