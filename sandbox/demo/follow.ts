/** Follows a recovery until its end: tells of each step, answers gates where nobody else will. */
import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  guardianStatusOf,
  openGateOf,
  recordOf,
  sendDecision,
} from '../../clients/temporal/recoveries.js';
import { answerCommand } from '../../workflows/domain/gates/answer-command.js';
import { checkCodeOf, signDecision } from '../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../workflows/domain/gates/gate.js';
import {
  STEP_TITLES,
  type RecoveryRecord,
  type StepRecord,
} from '../../workflows/domain/record.js';
import { here } from './print.js';
import { until } from './processes.js';
import { ON_CALL } from './settings.js';
import type { World } from './world.js';

/** Each look is work for the worker that it looks at: often only where somebody is to act at a certain step. */
const LOOK_EVERY_MS = { toAct: 100, toTell: 300 } as const;
const THINKING_MS = 1_000;

export interface FollowOptions {
  /** Kinds of gates that the demo's on-call engineer leaves to somebody else. */
  leaveOpen: readonly string[];
  say: (line: string) => void;
  /** Called once per look, so that a scenario can act at a certain step. */
  onLook?: (record: RecoveryRecord) => Promise<void>;
  boundMs?: number;
}

/** The recovery that the guardian has opened. */
export async function openedRecovery(world: World): Promise<string> {
  return until('a recovery is opened', async () => {
    const status = await guardianStatusOf(world.client, world.files.engineId);
    return (status?.openIncident ?? status?.past.at(-1))?.workflowId ?? null;
  });
}

export async function followRecovery(
  world: World,
  workflowId: string,
  options: FollowOptions,
): Promise<RecoveryRecord> {
  const deadlineMs = Date.now() + (options.boundMs ?? 24 * 3_600_000);
  const everyMs = LOOK_EVERY_MS[options.onLook === undefined ? 'toTell' : 'toAct'];
  const told = new Map<number, string>();
  const seen = new Set<string>();
  while (Date.now() < deadlineMs) {
    const record = await lookAt(world.client, workflowId);
    if (record !== null) {
      tell(record, told, options.say);
      await options.onLook?.(record);
      if (record.outcome !== 'running' && record.steps.at(-1)?.status === 'done') return record;
      const asks = record.gates.some(({ outcome }) => outcome === 'open');
      if (asks) await answerGate(world, workflowId, { ...options, seen });
    }
    await sleep(everyMs);
  }
  throw new Error(`The recovery ${workflowId} did not end in time`);
}

/** Null while no worker or no server answers: both may be killed on purpose. */
async function lookAt(client: Client, workflowId: string): Promise<RecoveryRecord | null> {
  return recordOf(client, workflowId).catch(() => null);
}

function tell(
  record: RecoveryRecord,
  told: Map<number, string>,
  say: (line: string) => void,
): void {
  for (const [index, step] of record.steps.entries()) {
    if (!isNews(step, told.has(index))) continue;
    const text = `${step.status}${step.detail === '' ? '' : `: ${step.detail}`}`;
    if (told.get(index) === text) continue;
    told.set(index, text);
    const seconds = (((step.endedAtMs ?? Date.now()) - record.startedAtMs) / 1000).toFixed(1);
    say(`${seconds.padStart(6)} s  ${STEP_TITLES[step.name].padEnd(28)} ${text}`);
  }
}

/** What a running step says is shown once, but for the ramp, whose stages are the news. */
function isNews({ status, name }: StepRecord, toldBefore: boolean): boolean {
  if (status === 'waiting') return false;
  return status !== 'running' || !toldBefore || name === 'ramp';
}

interface Answering extends FollowOptions {
  seen: Set<string>;
}

async function answerGate(world: World, workflowId: string, options: Answering): Promise<void> {
  const gate = await openGateOf(world.client, workflowId).catch(() => null);
  if (gate === null) return;
  const name = `${gate.gateId}#${gate.attempt}`;
  const isNew = !options.seen.has(name);
  options.seen.add(name);
  if (isNew) ask(gate, options.say);
  if (options.leaveOpen.includes(gate.kind)) {
    if (isNew) inviteOthers(world, gate, options.say);
    return;
  }
  await sleep(isNew ? (world.thinkingMs ?? THINKING_MS) : 0);
  await approve(world, workflowId, gate).then(
    (said) => options.say(`         ${said}`),
    () => undefined, // the worker or the server is away: asked again at the next look
  );
}

async function approve(world: World, workflowId: string, gate: GateRequest): Promise<string> {
  const reason = 'seen in the demo: the exchange is right';
  const said = { answer: 'approve', reason, approver: ON_CALL, decidedAtMs: Date.now() } as const;
  const decision = signDecision(gate, said, world.files.privateKey);
  const outcome = await sendDecision(world.client, workflowId, decision);
  return outcome.accepted ? `${ON_CALL} approves, signed` : `refused: ${outcome.reason}`;
}

function ask(gate: GateRequest, say: (line: string) => void): void {
  say(`         QUESTION ${gate.question}`);
  say(`         approve: ${gate.onApprove}`);
  say(`         reject:  ${gate.onReject}`);
  say(`         check code ${checkCodeOf(gate)}, the same on every screen`);
}

function inviteOthers(world: World, gate: GateRequest, say: (line: string) => void): void {
  const { relight, keyFile } = world.files;
  say('         It waits for you. In another terminal, in this folder:');
  const key = { file: here(keyFile) };
  const said = { as: ON_CALL, reason: 'exposure is hedged', key };
  say(`         npx ${answerCommand(gate, 'approve', said)} --config ${here(relight)}`);
}
