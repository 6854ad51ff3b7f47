/**
 * One recovery while it runs: what it was asked to do, its record, its gates, its engine's host.
 * What only one step has to remember is kept by that step.
 *
 * Invariant: the epoch only rises.
 */
import type { hostActivities, leftBehindActivities, longHostActivities } from '../calls.js';
import type { RecoveryInput } from '../contract/index.js';
import type { KnownDeath } from '../domain/crash/repeats.js';
import type { Approver } from '../domain/gates/approver.js';
import type { RecoveryPolicy } from '../domain/policy/policy.js';
import type { RecoveryRecord } from '../domain/record.js';
import type { Told } from '../domain/steering/instruction.js';
import { idempotencyKey, instanceIdOf } from '../ids.js';
import type { KillSwitchOrder } from '../messages.js';
import type { GateKeeper } from './gate-keeper.js';
import type { Instances } from './instances.js';

/** Where people steer the ramp. */
export interface RampDesk {
  /** Why this cannot be done now, for who told it; null where it can. */
  refusal(told: Told): string | null;
  /** At once; gives what becomes of it, in words. */
  take(told: Told): string;
}

export interface Recovery {
  input: RecoveryInput;
  /** As it was at the crash: it does not change under an incident. */
  policy: RecoveryPolicy;
  /** As they were when the last gate opened. */
  approvers: readonly Approver[];
  record: RecoveryRecord;
  /** It, or what it goes on with, has granted trading. */
  traded: boolean;
  /** Begun by the version whose decisions covered less, and whose manual go skipped a question. */
  former: boolean;
  gates: GateKeeper;
  host: ReturnType<typeof hostActivities>;
  longHost: ReturnType<typeof longHostActivities>;
  /** Of the host where it died, where that is another one and answers. */
  lastHost: ReturnType<typeof leftBehindActivities> | null;
  instances: Instances;
  /** Of an attempt whose engine a person has started: under which name that is seen; null where none has. */
  startedByHand: { epoch: number; instanceId: string } | null;
  /** Of this incident, those whose cause is known. */
  deaths: KnownDeath[];
  /** How it is known that the process which died is gone, in words; null until it is. */
  proof: string | null;
  /** The engine that died notes each order before it sends it. */
  isNoting: boolean;
  /** Nothing is granted or asked any more; null where nobody has engaged it. */
  killSwitch: KillSwitchOrder | null;
  /** While it raises the limits stage by stage; null before and after. */
  ramp: RampDesk | null;
  /** Of what evidence is still gathered beside the steps: it must not be written over. */
  gathering: number;
  /** Containments that are under way: that of an attempt that has failed goes on while people are asked. */
  containing: number;
  /** Attempts that ended before they traded, because orders had moved since their snapshot. */
  overtaken: number;
  /** A question has waited for so long that further channels are told of the rest. */
  escalated: boolean;
  /** When people were told of something last; what is said at one time is in order all the same. */
  saidAtMs: number;
  /** Notices under way; they are waited for at the end and never change the outcome. */
  background: Promise<unknown>[];
}

/** The engine instance of this attempt. */
export function instanceOf({ record, startedByHand }: Recovery): string {
  if (startedByHand?.epoch === record.epoch) return startedByHand.instanceId;
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
