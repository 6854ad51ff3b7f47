/** Cores go when they are too many, too large or too old; never one of an open incident, nor anything else. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Client } from '@temporalio/client';
import * as fc from 'fast-check';
import { incidentFolderName } from '../../../../clients/files/names.js';
import { pruneCores } from '../../../../clients/host/forensics/cores/core-retention.js';
import { openIncidents } from '../../../../clients/temporal/listed-recoveries.js';
import { coresToRemove } from '../../../../workflows/domain/crash/kept-cores.js';
import { folderOf } from '../processes.js';

const DAY_MS = 86_400_000;
const bounds = { keep: 2, maxBytes: 1_000, days: 30 };

function evidence(t: TestContext, incidents: readonly string[]) {
  const root = folderOf(t);
  for (const incidentId of incidents) {
    const crash = join(root, incidentFolderName(incidentId), 'crash-of-one');
    mkdirSync(crash, { recursive: true });
    writeFileSync(join(crash, 'core.dump'), '');
    truncateSync(join(crash, 'core.dump'), 600);
    writeFileSync(join(crash, 'index.json'), '{}');
  }
  const left = () =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('core.dump'))
      .map((path) => path.split('/')[0]);
  return { root, left };
}

test('of the cores of one engine the old ones go, with all else of their crash left', async (t) => {
  const { root, left } = evidence(t, ['desk/a', 'desk/b', 'desk/c', 'desk-2/a']);
  const outside = join(folderOf(t), 'core.dump');
  writeFileSync(outside, 'of another');
  mkdirSync(join(root, 'desk--d', 'crash-of-one'), { recursive: true });
  symlinkSync(outside, join(root, 'desk--d', 'crash-of-one', 'core.dump'));
  const of = { evidenceRoot: root, engineId: 'desk', bounds, openIncidents: ['desk/b'] };
  assert.deepEqual(await pruneCores(of, Date.now()), [], 'those that have just come stay');
  const removed = await pruneCores(of, Date.now() + 31 * DAY_MS);
  assert.equal(removed.length, 2);
  assert.deepEqual(new Set(left()), new Set(['desk--b', 'desk--d', 'desk-2--a']));
  assert.ok(readdirSync(join(root, 'desk--a', 'crash-of-one')).includes('index.json'));
  assert.deepEqual(readdirSync(join(outside, '..')), ['core.dump']);
});

test('open are the incidents whose recoveries run, and those with which they go on', async () => {
  const ids = ['recovery/desk/one~3', 'recovery/desk/a/b', 'recovery/desk/x~999999'];
  const list = async function* () {
    yield* ids.map((workflowId) => ({ workflowId }));
  };
  const client = { workflow: { list } } as unknown as Client;
  const open = await openIncidents(client);
  for (const one of ['desk/one', 'desk/one~2', 'desk/one~3', 'desk/a/b', 'desk/x', 'desk/x~999998'])
    assert.ok(open.includes(one), one);
  assert.ok(open.length < 200);
});

test('what stays is within the bounds, but for open incidents, what is new, and the newest', () => {
  const core = fc.record({
    path: fc.uuid(),
    bytes: fc.integer({ min: 0, max: 700 }),
    atMs: fc.integer({ min: 0, max: 60 * DAY_MS }),
    isOfOpenIncident: fc.boolean(),
  });
  const nowMs = 60 * DAY_MS;
  fc.assert(
    fc.property(fc.uniqueArray(core, { selector: ({ atMs }) => atMs, maxLength: 12 }), (cores) => {
      const removed = new Set(coresToRemove(cores, bounds, nowMs));
      const newest = Math.max(...cores.map(({ atMs }) => atMs));
      for (const one of removed) {
        assert.ok(!one.isOfOpenIncident && nowMs - one.atMs >= 3_600_000);
        const newer = cores.filter(({ atMs }) => atMs >= one.atMs);
        const bytes = newer.reduce((sum, each) => sum + each.bytes, 0);
        const isOld = nowMs - one.atMs > 30 * DAY_MS;
        assert.ok(isOld || (one.atMs !== newest && (newer.length > 2 || bytes > 1_000)));
      }
      const bound = cores.filter((one) => !one.isOfOpenIncident && nowMs - one.atMs >= 3_600_000);
      const kept = bound.filter((one) => !removed.has(one));
      assert.ok(kept.length <= 2 && kept.every(({ atMs }) => nowMs - atMs <= 30 * DAY_MS));
    }),
  );
});
