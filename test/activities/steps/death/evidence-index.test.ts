/** The evidence of a crash is known to other hosts by an index, and waits for no store. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnalyseActivities } from '../../../../activities/steps/analyse.js';
import { failure } from '../../../../workflows/failure.js';
import { inActivity } from '../../ports.js';
import { collection, openScene, reportOf } from './scene.js';

test('an index names the host, the folder and each file; without a store the evidence stands', async (t) => {
  const { activities, engine, ports } = await openScene(t, { collectors: [] });
  engine.child.kill('SIGKILL');
  await engine.exited;
  const report = reportOf(engine, 'dead');
  const input = { ...collection(report), snapshot: null, stacks: null };
  const evidence = await inActivity(activities, 'collectEvidence', input);
  assert.ok(evidence.index !== undefined, evidence.unindexed);
  const index = await ports.artifacts.get('evidence-index', evidence.index);
  assert.deepEqual([index.host, index.folder], ['this-host', evidence.folder]);
  assert.deepEqual(
    index.files.map(({ name, sha256 }) => [name, sha256?.length]),
    [['index.json', 64]],
  );

  const away = () => Promise.reject(failure('ArtifactsUnreachable', 'the store is away'));
  const cut = createAnalyseActivities({ ...ports, artifacts: { put: away, get: away } });
  const ref = { kind: 'venue-snapshot', sha256: '0'.repeat(64), bytes: 1 };
  const without = await inActivity(cut, 'collectEvidence', { ...input, snapshot: ref });
  assert.equal(without.unindexed, 'ArtifactsUnreachable: the store is away');
  const positions = without.items.find(({ name }) => name === 'positions_exchange.json');
  assert.equal(positions?.collected, false);
});
