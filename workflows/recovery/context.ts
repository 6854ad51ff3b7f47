/**
 * One recovery while it runs: what it was asked to do, its record, its gates, its engine's host.
 * What only one step has to remember is kept by that step.
 *
 * Invariant: the epoch only rises.
 */
import { aftermath, type hostActivities, type longHostActivities } from '../calls.js';
import type { RecoveryInput } from '../contract/index.js';
import type { RecoveryPolicy } from '../domain/policy/policy.js';
import type { RecoveryRecord } from '../domain/record.js';
import { idempotencyKey, instanceIdOf } from '../ids.js';
import type { GateKeeper } from './gate-keeper.js';
import type { Instances } from './instances.js';

export interface Recovery {
  input: RecoveryInput;
  policy: RecoveryPolicy;
  record: RecoveryRecord;
  gates: GateKeeper;
  host: ReturnType<typeof hostActivities>;
  longHost: ReturnType<typeof longHostActivities>;
  instances: Instances;
  /** Notices under way; they are waited for at the end and never change the outcome. */
  background: Promise<unknown>[];
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

export function notice(
  recovery: Recovery,
  message: { severity: 'info' | 'warning' | 'critical'; title: string; text: string; key: string },
): void {
  const { incidentId, engineId } = recovery.record;
  const { key, ...rest } = message;
  const sent = aftermath
    .notify({ incidentId, engineId, ...rest, dedupKey: `${incidentId}:${key}` })
    .catch(() => undefined); // retried by its policy; a channel that stays down changes nothing
  recovery.background.push(sent);
}
