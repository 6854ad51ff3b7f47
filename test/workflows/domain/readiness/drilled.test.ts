/** When a crash is a drill, and what one has shown to be weak. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weakIn } from '../../../../workflows/domain/readiness/drilled.js';
import { emptyRecord, type RecoveryRecord } from '../../../../workflows/domain/record.js';
import { DRILL_WITHIN_MS, drillAt } from '../../../../workflows/domain/steering/drill.js';
import { crashReport } from '../../fakes/engine.js';

const report = crashReport('desk', 1, 'here');
const incident = { incidentId: 'desk/1', engineId: 'desk', epoch: 2, crashCount: 1, report };
const EMPTY: RecoveryRecord = {
  ...emptyRecord(incident, 'w', 0),
  outcome: 'recovered',
  classification: { cause: 'killed' } as RecoveryRecord['classification'],
};

test('a crash is a drill for ten minutes after the word, and no longer', () => {
  const announced = { by: 'mei', reason: 'practice', atMs: 1_000 };
  assert.deepEqual(drillAt(announced, 1_000 + DRILL_WITHIN_MS), { by: 'mei', reason: 'practice' });
  assert.equal(drillAt(announced, 1_001 + DRILL_WITHIN_MS), null);
  assert.equal(drillAt(undefined, 0), null);
});

test('weak is what the record calls missing, unknown or asked, and nothing else', () => {
  assert.deepEqual(weakIn(EMPTY), []);
  const gate = { kind: 'exposure', outcome: 'expired' } as RecoveryRecord['gates'][number];
  const weak = weakIn({
    ...EMPTY,
    outcome: 'halted',
    outcomeDetail: 'nobody came',
    unknowns: ['cash flows'],
    warnings: ['NO LONGER PROTECTED: btc'],
    gates: [gate],
    classification: null,
    stateSource: { kind: 'exchanges', name: null, ageMs: null, why: 'there is no checkpoint' },
    evidence: { folder: '/e', items: [{ name: 'core.dump', collected: false, detail: 'none' }] },
  });
  assert.deepEqual(weak, [
    'it ended as halted: nobody came',
    'the state was rebuilt from the exchanges (there is no checkpoint): have the engine write checkpoints',
    'not known: cash flows',
    'NO LONGER PROTECTED: btc',
    'evidence is missing: core.dump (none)',
    'what it died of could not be told',
    '1 question waited for people: exposure',
    'nobody answered in time: exposure',
  ]);
});
