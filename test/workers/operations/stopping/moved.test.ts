/** The engine's line of a stop where people have moved it to another host, and the file does not say so yet. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineStep } from '../../../../workers/operations/stopping/shutdown.js';

const FROM_HERE = { wasSeen: false, isItsPlace: true, result: 'was not running', failed: false };

/** What a guardian that was told says of the engine on its host. */
function toldOf(host: string, engine: { result: string; failed: boolean } | null) {
  const receipt = { recovery: null, host, unlatched: null, engine, mayHaveAdopted: false };
  return Promise.resolve({ step: { result: '', failed: false }, receipt });
}

test('an engine that was moved to another host is not called stopped by what its former host sees', async () => {
  const on = async (host: string, engine: { result: string; failed: boolean } | null) =>
    engineStep(FROM_HERE, { host: 'engine-host', telling: toldOf(host, engine) });
  const killed = { result: 'killed', failed: false };
  assert.deepEqual(await on('engine-host', killed), { result: 'was not running', failed: false });
  assert.deepEqual(await on('host-b', killed), { result: 'on host-b: killed', failed: false });
  assert.deepEqual(await on('host-b', null), {
    result: 'it has moved: THE ENGINE MAY LIVE: run this on host-b',
    failed: true,
  });
  const alone = await engineStep(FROM_HERE, { host: 'h', telling: Promise.resolve(null) });
  assert.equal(alone.failed, false);
});
