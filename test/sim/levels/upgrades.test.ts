/** Which patches a simulated worker may lack. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledCode } from '../../workers/processes/bundled.js';
import { patchesInSources } from '../../workflows/patches.js';
import { FAULTS_OF_THEN, patchesToCome } from './upgrades.js';

test('all of the workflow code, but those that have mended what the oracle looks for', async () => {
  const found = patchesToCome(await bundledCode());
  const all = [...found, ...Object.keys(FAULTS_OF_THEN)];
  assert.deepEqual(all.toSorted(), patchesInSources());
});
