/**
 * Running one step of the procedure, and its place in the record.
 *
 * Invariant: the record tells of each step entered, and why one failed.
 */
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { StepName, StepRecord } from '../domain/record.js';
import { stepAttribute } from '../search-attributes.js';
import type { Recovery } from './context.js';
import { publish } from './details.js';
import { reasonOf } from './reasons.js';

export async function step<T>(
  recovery: Recovery,
  name: StepName,
  act: (entry: StepRecord) => Promise<T>,
): Promise<T> {
  const entry = enter(recovery, name);
  try {
    const result = await act(entry);
    leave(recovery, entry, 'done');
    return result;
  } catch (error) {
    const why = reasonOf(error);
    entry.detail = entry.detail === '' ? why : `${entry.detail}; ${why}`;
    leave(recovery, entry, 'failed');
    throw error;
  }
}

function enter(recovery: Recovery, name: StepName): StepRecord {
  const before = recovery.record.steps.filter((entry) => entry.name === name).length;
  const entry: StepRecord = {
    name,
    startedAtMs: Date.now(),
    endedAtMs: null,
    attempts: before + 1,
    status: 'running',
    detail: '',
  };
  recovery.record.steps.push(entry);
  upsertSearchAttributes([{ key: stepAttribute, value: name }]);
  publish(recovery);
  return entry;
}

function leave(recovery: Recovery, entry: StepRecord, status: 'done' | 'failed'): void {
  entry.status = status;
  entry.endedAtMs = Date.now();
  publish(recovery);
}
