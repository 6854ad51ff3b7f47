/** A checkpoint file alone is verified: at three in the morning it may be all that somebody has been sent. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { relightCommand } from '../../../workers/processes/self.js';
import { verifyFile } from '../../../workers/operations/checkpoints.js';
import { emptyState } from '../../../workflows/domain/books/state.js';
import { encodeCheckpoint } from '../../../workflows/domain/engine/checkpoint.js';
import { folderOf } from '../../clients/host/processes.js';
import { header } from '../../workflows/domain/checkpoints/sealed.js';

const ALONE = { config: null, engineId: undefined };

function checkpointIn(folder: string, engineId = 'maker', cutBy = 0): string {
  const takenAtNs = `${Date.now()}000000`;
  const text = encodeCheckpoint({ header: header({ engineId, takenAtNs }), state: emptyState() });
  const path = join(folder, 'one.ckpt');
  writeFileSync(path, text.slice(0, text.length - cutBy));
  return path;
}

test('the command needs no configuration, no engine and no server', (t) => {
  const folder = folderOf(t);
  const [node, ...args] = relightCommand('checkpoint', 'verify', checkpointIn(folder));
  const { RELIGHT_CONFIG: _none, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(node, args, { cwd: folder, env, encoding: 'utf8' });
  assert.match(stdout, /one\.ckpt: valid, /, stderr);
  assert.equal(status, 0);
});

test('whose it is the file says, unless somebody does; what is cut off is invalid', async (t) => {
  const folder = folderOf(t);
  const path = checkpointIn(folder, 'grid-7');
  assert.equal((await verifyFile(path, ALONE)).valid, true);
  const other = await verifyFile(path, { ...ALONE, engineId: 'maker' });
  assert.deepEqual([other.valid, other.errors.length], [false, 1]);
  assert.match(other.errors[0] ?? '', /belongs to engine "grid-7", not "maker"/);
  assert.equal((await verifyFile(checkpointIn(folder, 'grid-7', 20), ALONE)).valid, false);
  writeFileSync(path, 'no checkpoint at all');
  assert.equal((await verifyFile(path, ALONE)).valid, false);
});
