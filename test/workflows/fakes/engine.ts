/** One engine of a test: its fakes, the calls they saw, its crashes, its gates and its people. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type {
  ControlPlaneActivities,
  HostActivities,
  RecoveryResult,
} from '../../../workflows/contract/index.js';
import {
  ensureGuardian,
  openGateOf,
  recordOf,
  reportCrash,
  sendDecision,
  type DecisionOutcome,
} from '../../../clients/temporal/recoveries.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import type { AnyDecision } from '../../../workflows/domain/gates/any-decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import type { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import {
  crashUpdateIdAgain,
  guardianWorkflowId,
  incidentIdOf,
  instanceIdOf,
  recoveryWorkflowId,
} from '../../../workflows/ids.js';
import {
  guardianStatus,
  holdEngine,
  releaseHold,
  reportCrash as reportCrashUpdate,
  type CrashNotice,
  type CrashReceipt,
  type GuardianStatus,
  type Hold,
} from '../../../workflows/messages.js';
import { happyControlPlane, happyHost, rulesOf } from './activities.js';
import { OLGA, RITA, sign, type Person } from './people.js';
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
  operator: Client;
  host: string;
  number: number;
}

export function createEngine({ client, operator, host, number, ...options }: Surroundings) {
  const engineId = `engine-${number}`;
  const calls: Call[] = [];
  const policy = options.policy ?? quickPolicy();
  const fakes: Record<string, unknown> = {
    ...happyControlPlane(options.bytes),
    ...happyHost(options.bytes),
    loadRules: async () => rulesOf({ policy }),
    ...options.fakes,
  };
  const incidentId = incidentIdOf(engineId, instanceIdOf(engineId, 0));
  const workflowId = recoveryWorkflowId(incidentId);
  const recovery = client.workflow.getHandle(workflowId);
  const guardian = client.workflow.getHandle(guardianWorkflowId(engineId));

  const noticeOf = (epoch: number): CrashNotice => ({
    report: crashReport(engineId, epoch, host),
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
    const usual = kind === 'manual_recovery' || kind === 'unknown_breaker' ? RITA : OLGA;
    const decision = sign(await gate(kind, by.attempt), how, by.person ?? usual);
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
    /** From now on. */
    replace: <Name extends keyof Fakes>(name: Name, fake: NonNullable<Fakes[Name]>): void => {
      fakes[name] = fake;
    },
    names: (): string[] => calls.map(({ name }) => name),
    callsOf: (name: string): Call[] => calls.filter((call) => call.name === name),

    /** A detector reports the death of the instance of an epoch; 0 is the one before us. */
    crash: async (epoch = 0): Promise<CrashReceipt> => reportCrash(client, noticeOf(epoch)),
    /** Told in other words than ours. */
    reportAs: async (report: CrashReport): Promise<CrashReceipt> => reportCrash(client, { report }),
    /** The same death as another update, as from a probe that knows of no other. */
    reportAnew: async (epoch = 0): Promise<CrashReceipt> =>
      guardian.executeUpdate(reportCrashUpdate, {
        args: [noticeOf(epoch)],
        updateId: crashUpdateIdAgain(noticeOf(epoch).report, randomUUID()),
      }),
    /** Says that a planned stop begins, or is over. */
    hold: async (hold: Hold): Promise<void> =>
      operator.workflow
        .getHandle(guardianWorkflowId(engineId))
        .executeUpdate(holdEngine, { args: [hold] }),
    release: async (hold: Hold): Promise<void> =>
      operator.workflow
        .getHandle(guardianWorkflowId(engineId))
        .executeUpdate(releaseHold, { args: [hold] }),
    warmUp: async (): Promise<void> => ensureGuardian(client, engineId),
    /** Other instances have crashed, so many ms ago, and were recovered from. */
    crashedBefore: async (...agoMs: number[]): Promise<void> => {
      for (const [index, ms] of agoMs.entries()) {
        const notice = noticeOf(index + 1);
        const report = { ...notice.report, detectedAtMs: Date.now() - ms };
        await reportCrash(client, { ...notice, report });
        await eventually(`the crash of ${ms} ms ago is recovered from`, async () => {
          const status = await guardian.query(guardianStatus);
          return status.openIncident === null && status.past.length === index + 1;
        });
      }
    },
    approve: (kind: GateKind, by?: { person?: Person; attempt?: number }) =>
      answer(kind, 'approve', by),
    reject: (kind: GateKind, by?: { person?: Person; attempt?: number }) =>
      answer(kind, 'reject', by),
    send: (decision: AnyDecision) => sendDecision(client, workflowId, decision),
    status: async (): Promise<GuardianStatus> => guardian.query(guardianStatus),
    record: async (incident = incidentId): Promise<RecoveryRecord> =>
      (await recordOf(client, recoveryWorkflowId(incident))) ??
      assert.fail(`no record: ${incident}`),
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

export function crashReport(engineId: string, epoch: number, host: string): CrashReport {
  const instanceId = instanceIdOf(engineId, epoch);
  const pid = 4_711 + (epoch % 1_000);
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
