/** Ids are built and parsed by one grammar, whatever an engine calls its instances. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { EngineId } from '../../workflows/domain/content/names.js';
import { GateKind } from '../../workflows/domain/content/gate-kind.js';
import {
  gateIdOf,
  guardianWorkflowId,
  idsOfWorkflow,
  incidentIdOf,
  partsOfGate,
  partsOfIncident,
  recoveryWorkflowId,
} from '../../workflows/ids.js';

const engineIds = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((name) => EngineId.safeParse(name).success);
const instanceIds = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const kinds = fc.constantFrom(...GateKind.options);

test('whatever was built is parsed into the same parts', () => {
  fc.assert(
    fc.property(engineIds, instanceIds, kinds, (engineId, instanceId, kind) => {
      const incidentId = incidentIdOf(engineId, instanceId);
      assert.deepEqual(partsOfIncident(incidentId), { engineId, instanceId });
      assert.deepEqual(partsOfGate(gateIdOf(incidentId, kind)), { incidentId, kind });
      assert.deepEqual(idsOfWorkflow(recoveryWorkflowId(incidentId)), { engineId, incidentId });
      const guardian = idsOfWorkflow(guardianWorkflowId(engineId));
      assert.deepEqual(guardian, { engineId, incidentId: null });
    }),
    { numRuns: 1000, seed: 6 },
  );
});

test('whatever is parsed builds the same id again', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('/', 'a', 'b', '|'), { maxLength: 8 }), (letters) => {
      const text = letters.join('');
      const incident = partsOfIncident(text);
      if (incident !== null) {
        assert.equal(incidentIdOf(incident.engineId, incident.instanceId), text);
      }
      const gate = partsOfGate(text);
      if (gate !== null) assert.equal(gateIdOf(gate.incidentId, gate.kind), text);
    }),
    { numRuns: 1000, seed: 7 },
  );
});

test('what is no id has no parts', () => {
  for (const text of ['', '/', 'desk', 'desk/', '/e1']) assert.equal(partsOfIncident(text), null);
  for (const text of ['', 'desk/e1', 'desk/e1/', '/e1/ramp', '//ramp']) {
    assert.equal(partsOfGate(text), null, text);
  }
  for (const id of ['', 'engine/', 'recovery/desk', 'other/desk/e1', 'desk']) {
    assert.deepEqual(idsOfWorkflow(id), { engineId: null, incidentId: null }, id);
  }
});
