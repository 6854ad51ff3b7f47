/** Which failures are tried again, and which are final. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILURES, isRetryable, type FailureKind } from '../../../workflows/domain/failure.js';

/** Trying again can help where the world may have changed, or where the outcome is not known. */
const RETRYABLE = [
  'VenueUnreadable',
  'OutcomeUnknown',
  'EngineUnreachable',
  'EngineStillAlive',
  'ProcessesUnreadable',
  'ReportFailed',
  'NotificationFailed',
  'IncidentNotOpened',
  'ArtifactsUnreachable',
  'AttemptGivenUp',
];

for (const kind of Object.keys(FAILURES) as FailureKind[]) {
  const again = RETRYABLE.includes(kind);
  test(`${kind} is ${again ? 'tried again' : 'final'}`, () => {
    assert.equal(isRetryable(kind), again);
  });
}

test('knows every failure that is said to be tried again', () => {
  assert.ok(RETRYABLE.every((kind) => kind in FAILURES));
});
