/** One engine of a test: its fakes, the calls they saw, its crashes, its gates and its people. */
import type { Client } from '@temporalio/client';
import type {
  ControlPlaneActivities,
  HostActivities,
  RecoveryResult,
} from '../../../workflows/contract/index.js';
import {
  openGateOf,
  recordOf,
  reportCrash,
  sendDecision,
  type DecisionOutcome,
} from '../../../clients/temporal/recoveries.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import type { GateKind, GateRequest } from '../../../workflows/domain/gates/gate.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import type { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import {
  guardianWorkflowId,
  incidentIdOf,
  instanceIdOf,
  recoveryWorkflowId,
  TASK_QUEUE,
} from '../../../workflows/ids.js';
import {
  GUARDIAN_WORKFLOW,
  guardianStatus,
  newGuardian,
  reportCrash as reportCrashUpdate,
  type CrashNotice,
  type CrashReceipt,
  type GuardianState,
  type GuardianStatus,
} from '../../../workflows/messages.js';
import { happyControlPlane, happyHost } from './activities.js';
import { APPROVERS, OLGA, sign, type Person } from './people.js';
import { quickPolicy } from './policy.js';
import { eventually, withinLimit } from './waiting.js';

export type Fakes = Partial<ControlPlaneActivities & HostActivities>;

export interface EngineOptions {
  fakes?: Fakes;
  policy?: RecoveryPolicy | undefined;
  /** Size of every artifact. */
  bytes?: number;
}

export interface Call {
  name: string;
  input: Record<string, unknown>;
  atMs: number;
}

export type Engine = ReturnType<typeof createEngine>;

interface Surroundings extends EngineOptions {
  client: Client;
  host: string;
  number: number;
}

export function createEngine({ client, host, number, ...options }: Surroundings) {
  const engineId = `engine-${number}`;
  const calls: Call[] = [];
  const fakes: Record<string, unknown> = {
    ...happyControlPlane(options.bytes),
    ...happyHost(options.bytes),
    ...options.fakes,
  };
  const policy = options.policy ?? quickPolicy();
  const incidentId = incidentIdOf(engineId, instanceIdOf(engineId, 0));
  const workflowId = recoveryWorkflowId(incidentId);
  const recovery = client.workflow.getHandle(workflowId);
  const guardian = client.workflow.getHandle(guardianWorkflowId(engineId));

  const noticeOf = (epoch: number): CrashNotice => ({
    report: crashReport(engineId, epoch, host),
    policy,
    approvers: APPROVERS,
  });

  async function gate(kind: GateKind, attempt = 1): Promise<GateRequest> {
    return eventually(`gate ${kind} ${attempt} of ${engineId}`, async () => {
      const open = await openGateOf(client, workflowId);
      return open?.kind === kind && open.attempt === attempt ? open : undefined;
    });
  }

  async function answer(
    kind: GateKind,
    how: 'approve' | 'reject',
    by: { person?: Person; attempt?: number } = {},
  ): Promise<DecisionOutcome> {
    const decision = sign(await gate(kind, by.attempt), how, by.person ?? OLGA);
    return sendDecision(client, workflowId, decision);
  }

  return {
    engineId,
    workflowId,
    incidentId,
    recovery,
    guardian,
    calls,
    noticeOf,
    gate,

    /** What a worker calls. */
    call: async (name: string, input: unknown): Promise<unknown> => {
      calls.push({ name, input: input as Call['input'], atMs: Date.now() });
      return (fakes[name] as (given: unknown) => Promise<unknown>)(input);
    },
    /** The next call of an activity; the fake that was there has all later ones. */
    replaceOnce: (name: keyof Fakes, fake: () => Promise<unknown>): void => {
      const usual = fakes[name];
      fakes[name] = async () => {
        fakes[name] = usual;
        return fake();
      };
    },
    names: (): string[] => calls.map(({ name }) => name),
    callsOf: (name: string): Call[] => calls.filter((call) => call.name === name),

    /** A detector reports the death of the instance of an epoch; 0 is the one before us. */
    crash: async (epoch = 0): Promise<CrashReceipt> => reportCrash(client, noticeOf(epoch)),
    /** The same death as another update, as from a probe that knows of no other. */
    reportAnew: async (): Promise<CrashReceipt> =>
      guardian.executeUpdate(reportCrashUpdate, { args: [noticeOf(0)] }),
    /** A guardian that has seen something already. */
    seedGuardian: async (seen: Partial<GuardianState>): Promise<void> => {
      const state = { ...newGuardian(engineId), ...seen };
      await client.workflow.start(GUARDIAN_WORKFLOW, {
        workflowId: guardian.workflowId,
        taskQueue: TASK_QUEUE,
        args: [state],
      });
    },
    approve: (kind: GateKind, by?: { person?: Person; attempt?: number }) =>
      answer(kind, 'approve', by),
    reject: (kind: GateKind, by?: { person?: Person; attempt?: number }) =>
      answer(kind, 'reject', by),
    send: (decision: ReturnType<typeof sign>) => sendDecision(client, workflowId, decision),
    status: async (): Promise<GuardianStatus> => guardian.query(guardianStatus),
    record: async (incident = incidentId): Promise<RecoveryRecord> =>
      recordOf(client, recoveryWorkflowId(incident)),
    ended: async (): Promise<RecoveryResult> =>
      withinLimit(`end of ${workflowId}`, recovery.result() as Promise<RecoveryResult>),
    /** Waits until a fake has been called so often. */
    called: async (name: string, times = 1): Promise<void> => {
      await eventually(
        `call ${times} of ${name} by ${engineId}`,
        async () => calls.filter((call) => call.name === name).length >= times,
      );
    },
  };
}

function crashReport(engineId: string, epoch: number, host: string): CrashReport {
  const instanceId = instanceIdOf(engineId, epoch);
  const pid = 4_711 + epoch;
  return {
    engineId,
    instance: { instanceId, pid, startTicks: '1', build: 'build-1', epoch },
    suspicion: 'dead',
    probe: 'socket',
    detail: 'the socket closed',
    detectedAtMs: Date.now(),
    host,
  };
}
