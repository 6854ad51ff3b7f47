/**
 * One recovery while it runs: what it was asked to do, its record, its gates, its engine's host.
 * What only one step has to remember is kept by that step.
 *
 * Invariant: the epoch only rises.
 */
import type { hostActivities, longHostActivities } from '../calls.js';
import type { RecoveryInput } from '../contract/index.js';
import type { RecoveryPolicy } from '../domain/policy/policy.js';
import type { RecoveryRecord } from '../domain/record.js';
import { idempotencyKey, instanceIdOf } from '../ids.js';
import type { GateKeeper } from './gate-keeper.js';
import type { Instances } from './instances.js';

export interface Recovery {
  readonly input: RecoveryInput;
  readonly policy: RecoveryPolicy;
  readonly record: RecoveryRecord;
  readonly gates: GateKeeper;
  readonly host: ReturnType<typeof hostActivities>;
  readonly longHost: ReturnType<typeof longHostActivities>;
  readonly instances: Instances;
  /** Notices under way; they are waited for at the end and never change the outcome. */
  readonly background: Promise<unknown>[];
}

/** The engine instance of this attempt. */
export function instanceOf({ record }: Recovery): string {
  return instanceIdOf(record.engineId, record.epoch);
}

/** When the crash that is being recovered from was noticed. */
export function crashedAtMs({ record }: Recovery): number {
  return record.crashes.at(-1)?.detectedAtMs ?? record.startedAtMs;
}

/** What every write to the engine carries. */
export function stampOf({ record }: Recovery, effect: string) {
  return {
    epoch: record.epoch,
    idempotencyKey: idempotencyKey(record.incidentId, record.epoch, effect),
  };
}
