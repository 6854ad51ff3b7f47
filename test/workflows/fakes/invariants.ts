/** What must hold over every run, whatever the test was about. */
import assert from 'node:assert/strict';
import { unansweredAt } from '../../sim/oracle/order-of-steps.js';
import type { Engine } from './engine.js';

export async function checkInvariants(engine: Engine): Promise<void> {
  checkEpochs(engine);
  checkReconciledBeforeRamp(engine);
  if (engine.callsOf('applyStage').length > 0) await checkGatesBeforeRamp(engine);
}

/** Never two starts with one epoch, and epochs rise. */
function checkEpochs({ engineId, callsOf }: Engine): void {
  const epochs = callsOf('startEngine').map(({ input }) => Number(input['epoch']));
  const risen = [...new Set(epochs)].toSorted((a, b) => a - b);
  assert.deepEqual(epochs, risen, `${engineId}: engine starts have epochs ${epochs.join(', ')}`);
}

function checkReconciledBeforeRamp({ engineId, calls }: Engine): void {
  let reconciled = false;
  let startedEpoch: unknown = null;
  for (const { name, input } of calls) {
    if (name === 'collectEvidence') reconciled = false; // a new attempt begins
    if (name === 'reconcilePositions') reconciled = true;
    const isStart = name === 'startEngine' || name === 'awaitStarted'; // by us, or by a person
    if (isStart) startedEpoch = input['epoch'];
    if (name !== 'applyStage') continue;
    assert.ok(reconciled, `${engineId}: trading was resumed without reconciliation`);
    assert.equal(input['epoch'], startedEpoch, `${engineId}: a stage for another instance`);
  }
}

/** At each grant every gate opened until then is approved, or overcome by a later one. */
async function checkGatesBeforeRamp(engine: Engine): Promise<void> {
  const grants = engine.callsOf('applyStage').map(({ atMs, input }) => {
    const [incidentId = ''] = String(input['idempotencyKey']).split(':');
    return { atMs, incidentId };
  });
  for (const incident of new Set(grants.map(({ incidentId }) => incidentId))) {
    const { gates } = await engine.record(incident);
    for (const { atMs } of grants.filter(({ incidentId }) => incidentId === incident)) {
      assert.deepEqual(unansweredAt(atMs, gates), []);
    }
  }
}
