/**
 * The record as its report prints it: the report cannot wait for itself to be done.
 *
 * Invariant: only the step that writes the report differs from the record.
 */
import type { RecoveryRecord } from '../domain/record.js';

const ONE_PART = 'this report; the notice of the outcome is sent with it';

/** `nowMs`: when it is written. */
export function printedRecord(record: RecoveryRecord, nowMs: number): RecoveryRecord {
  const steps = record.steps.map((step, at) =>
    step.name === 'after' && at === record.steps.length - 1 && step.endedAtMs === null
      ? { ...step, status: 'done' as const, endedAtMs: nowMs, detail: ONE_PART }
      : step,
  );
  return { ...record, steps };
}
