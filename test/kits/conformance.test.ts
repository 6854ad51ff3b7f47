/** Each kit writes what Relight reads, to the byte, and its own program says where one does not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderOf } from '../clients/host/processes.js';
import { ALL_KITS, VECTORS as FOLDER } from './programs.js';
import { VECTORS } from './vectors.js';

/** A state has two answers: its text and its digest. */
const ANSWERS = Object.values(VECTORS).flat().length + VECTORS.digest.length;

for (const { language, why, built } of ALL_KITS) {
  const conforms = (folder: string) => {
    const { status, stdout } = spawnSync(built('conformance'), [folder], { encoding: 'utf8' });
    const failed = stdout.split('\n').filter((line) => line.startsWith('FAILED'));
    return { status, failed, held: stdout.match(/^ok /gm)?.length ?? 0 };
  };

  test(`the kit in ${language} gives every vector`, { skip: why }, () => {
    assert.deepEqual(conforms(FOLDER), { status: 0, failed: [], held: ANSWERS });
  });

  test(`the kit in ${language} says which vector it does not give`, { skip: why }, (t) => {
    const folder = folderOf(t);
    cpSync(FOLDER, folder, { recursive: true });
    for (const name of Object.keys(VECTORS)) {
      const [first, ...others] = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
      const field = ['digest', 'text', 'hex', 'line', 'taken'].find((each) => each in first) ?? '';
      const wrong = [{ ...first, [field]: `${first[field]}0` }, ...others];
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(wrong));
      const { status, failed } = conforms(folder);
      assert.equal(status, 1);
      assert.deepEqual(failed, [`FAILED ${name}: ${first.name}: ${field}`]);
      cpSync(FOLDER, folder, { recursive: true });
    }
  });
}
