/** Code of former versions on the disk: whole, or not there. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createKeptVersions } from '../../../../workers/processes/versions/kept.js';
import { folderOf } from '../../../clients/host/processes.js';

test('what is kept is given back, and keeping it again changes nothing', async (t) => {
  const kept = createKeptVersions(join(folderOf(t), 'versions'));
  assert.deepEqual(await kept.list(), []);
  await kept.keep('1.0.0-ab', { code: 'first' });
  await kept.keep('1.0.0-ab', { code: 'another under its name' });
  assert.deepEqual(await kept.bundleOf('1.0.0-ab'), { code: 'first' });
  assert.deepEqual(
    (await kept.list()).map(({ buildId }) => buildId),
    ['1.0.0-ab'],
  );
  assert.equal(await kept.bundleOf('2.0.0-cd'), null);
});

test('a bundle that lies in a file is copied', async (t) => {
  const folder = folderOf(t);
  const codePath = join(folder, 'bundle.js');
  writeFileSync(codePath, 'from a file');
  const kept = createKeptVersions(join(folder, 'versions'));
  await kept.keep('1.0.0-ab', { codePath });
  writeFileSync(codePath, 'changed since');
  assert.deepEqual(await kept.bundleOf('1.0.0-ab'), { code: 'from a file' });
});

const DAMAGE: Record<string, (folder: string) => void> = {
  'its code was changed': (folder) => writeFileSync(join(folder, 'workflows.js'), 'changed'),
  'its code was cut': (folder) => writeFileSync(join(folder, 'workflows.js'), ''),
  'its description is no JSON': (folder) => writeFileSync(join(folder, 'version.json'), '{'),
  'its description is of another': (folder) =>
    writeFileSync(join(folder, 'version.json'), '{"buildId":"x","sha256":"","keptAtMs":1}'),
};

for (const [what, damage] of Object.entries(DAMAGE)) {
  test(`a version is not run, and is kept anew, where ${what}`, async (t) => {
    const folder = folderOf(t);
    const kept = createKeptVersions(folder);
    await kept.keep('1.0.0-ab', { code: 'whole' });
    damage(join(folder, '1.0.0-ab'));
    assert.equal(await kept.bundleOf('1.0.0-ab'), null);
    await kept.keep('1.0.0-ab', { code: 'whole' });
    assert.deepEqual(await kept.bundleOf('1.0.0-ab'), { code: 'whole' });
  });
}

test('of versions that nothing needs the newest ten stay, and all that are needed', async (t) => {
  const folder = folderOf(t);
  mkdirSync(join(folder, '.not-a-version'));
  const kept = createKeptVersions(folder);
  for (let at = 0; at < 13; at += 1) {
    await kept.keep(`1.0.${at}`, { code: `${at}` });
    const about = { buildId: `1.0.${at}`, keptAtMs: at };
    const path = join(folder, `1.0.${at}`, 'version.json');
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update(`${at}`).digest('hex');
    writeFileSync(path, JSON.stringify({ ...about, sha256 }));
  }
  await kept.removeOld(new Set(['1.0.0']));
  const left = readdirSync(folder).filter((name) => !name.startsWith('.'));
  assert.equal(left.length, 11);
  assert.ok(left.includes('1.0.0'));
  assert.ok(!left.includes('1.0.1') && !left.includes('1.0.2'));
});
