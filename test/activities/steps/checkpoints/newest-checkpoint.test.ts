/** Folders of whole and damaged checkpoints: which one a recovery begins with, and when it asks. */
import assert from 'node:assert/strict';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createCheckpointActivities } from '../../../../activities/steps/load-state.js';
import type { HostPorts } from '../../../../activities/ports.js';
import { createArtifactStore } from '../../../../clients/artifacts/index.js';
import { createCheckpointStore } from '../../../../clients/host/checkpoint-store.js';
import { LARGEST_CHECKPOINT } from '../../../../workflows/domain/checkpoints/layout.js';
import { encodeCheckpoint } from '../../../../workflows/domain/engine/checkpoint.js';
import {
  chooseStateSource,
  decideAutonomy,
  type CheckpointCandidate,
} from '../../../../workflows/domain/policy/decision.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import { folderOf } from '../../../clients/host/processes.js';
import { clock, inActivity, withState } from '../../ports.js';

const POLICY = RecoveryPolicy.parse({});

interface File {
  name: string;
  epoch: number;
  sequence: number;
  agoMs?: number;
  takenAtNs?: string;
  latched?: boolean;
}

/** Engine `m`, whose instance of the highest epoch here has crashed just now. */
function openFolder(t: TestContext, files: readonly File[]) {
  const folder = folderOf(t);
  const folders = { written: join(folder, 'written'), recovered: join(folder, 'recovered') };
  mkdirSync(folders.written);
  const crashedAtMs = Date.now();
  for (const { name, epoch, sequence, agoMs = 0, latched = false, ...told } of files) {
    const takenAtNs = told.takenAtNs ?? `${crashedAtMs - agoMs}000000`;
    const state = withState({
      risk: { dailyPnl: latched ? '-30000' : '0', breakerLatched: latched },
    });
    const header = {
      version: 1,
      engineId: 'm',
      instanceId: `m-e${epoch}`,
      epoch,
      sequence,
      takenAtNs,
    };
    writeFileSync(join(folders.written, name), encodeCheckpoint({ header, state }));
  }
  const epoch = Math.max(...files.map((file) => file.epoch));
  const crashed = [{ instanceId: `m-e${epoch}`, epoch }];
  const { oldMs, absurdQuantity } = POLICY.checkpoint;
  const writers = { crashed, started: [], livedOn: false };
  const rules = { engineId: 'm', crashedAtMs, oldMs, absurdQuantity, writers };
  const artifacts = createArtifactStore(join(folder, 'artifacts'));
  const checkpoints = createCheckpointStore(() => folders);
  const activities = createCheckpointActivities({
    clock,
    artifacts,
    checkpoints,
  } as unknown as HostPorts);
  const inspect = () => inActivity(activities, 'inspectCheckpoints', rules);
  const load = async (name: string) => {
    const { state } = await inActivity(activities, 'loadCheckpoint', { ...rules, name });
    return artifacts.get('engine-state', state);
  };
  return { path: (name: string) => join(folders.written, name), inspect, load };
}

function decided(checkpoints: CheckpointCandidate[]) {
  const autonomy = decideAutonomy(
    { crashCount: 1, sameBug: 0, cause: 'killed', checkpoints },
    POLICY,
  );
  const source = chooseStateSource(checkpoints, POLICY);
  const name = source.kind === 'checkpoint' ? source.name : null;
  return { name, why: source.why, asks: autonomy.kind === 'ask' ? autonomy.reasons : [] };
}

test('a new epoch that began at 1 again is newer than the high numbers of the one before', async (t) => {
  const { inspect, load } = openFolder(t, [
    { name: '000000000050.ckpt', epoch: 1, sequence: 50, agoMs: 3_000_000 },
    { name: '000000000003.ckpt', epoch: 2, sequence: 3, agoMs: 500, latched: true },
  ]);
  const { name, asks } = decided(await inspect());
  assert.deepEqual([name, asks], ['000000000003.ckpt', []]);
  assert.ok((await load('000000000003.ckpt')).risk.breakerLatched);
});

test('10 is newer than 9, whatever the names sort like', async (t) => {
  const { inspect } = openFolder(t, [
    { name: '9.ckpt', epoch: 1, sequence: 9, agoMs: 20_000 },
    { name: '10.ckpt', epoch: 1, sequence: 10, agoMs: 500, latched: true },
  ]);
  const { name, asks } = decided(await inspect());
  assert.deepEqual([name, asks], ['10.ckpt', []]);
});

test('an old file that was copied back under a high name is strange, and not the newest', async (t) => {
  const { inspect } = openFolder(t, [
    { name: '000000000060.ckpt', epoch: 1, sequence: 7, agoMs: 7_200_000 },
    { name: '000000000059.ckpt', epoch: 3, sequence: 59, agoMs: 500, latched: true },
  ]);
  const { name, why, asks } = decided(await inspect());
  assert.deepEqual([name, asks], ['000000000059.ckpt', []]);
  assert.match(
    why,
    /^fresh and valid; 000000000060.ckpt is strange: its name says 60, its header 7$/,
  );
});

test('a name of somebody else, and a time of 1970, keep nobody from the good one', async (t) => {
  const { inspect } = openFolder(t, [
    { name: 'a.ckpt', epoch: 1, sequence: 1, takenAtNs: '1000000' },
    { name: '000000000001.ckpt', epoch: 1, sequence: 1, agoMs: 500 },
  ]);
  const { name, asks } = decided(await inspect());
  assert.deepEqual([name, asks], ['000000000001.ckpt', []]);
});

test('a time in milliseconds is refused by name, and asked about', async (t) => {
  const { inspect } = openFolder(t, [
    { name: '000000000001.ckpt', epoch: 1, sequence: 1, takenAtNs: '1795871124735' },
  ]);
  const { name, asks } = decided(await inspect());
  assert.equal(name, null);
  assert.match(asks.join(), /takenAtNs is no time in nanoseconds/);
});

test('what the crashed engine did not write is asked about', async (t) => {
  const { inspect } = openFolder(t, [{ name: '5.ckpt', epoch: 2, sequence: 5, agoMs: 500 }]);
  const { inspect: after } = openFolder(t, [
    { name: '5.ckpt', epoch: 2, sequence: 5, agoMs: -9_000 },
  ]);
  assert.deepEqual(decided(await inspect()).asks, []);
  const { asks } = decided(await after());
  assert.match(asks.join('\n'), /taken 9000 ms after the crash was noticed/);
});

test('neither a huge file nor a folder keeps anybody from the next one', async (t) => {
  const { path, inspect, load } = openFolder(t, [
    { name: '5.ckpt', epoch: 2, sequence: 5, agoMs: 500 },
  ]);
  mkdirSync(path('6.ckpt'));
  writeFileSync(path('7.ckpt'), '');
  truncateSync(path('7.ckpt'), LARGEST_CHECKPOINT + 1);
  const checkpoints = await inspect();
  const names = checkpoints.map(({ name, valid, errors }) => [name, valid, errors.join()]);
  assert.deepEqual(names[2], ['5.ckpt', true, '']);
  assert.match(names[0]?.join() ?? '', /^7.ckpt,false,.*holds more than \d+ bytes$/);
  assert.match(names[1]?.join() ?? '', /^6.ckpt,false,.*is no regular file$/);
  const { name, asks } = decided(checkpoints);
  assert.equal(name, '5.ckpt');
  assert.match(asks.join(), /the newest checkpoint 7.ckpt is corrupt/);
  await load('5.ckpt');
});
