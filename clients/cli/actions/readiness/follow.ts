/**
 * A recovery, told as it goes on: each step once it is done, each question once it is asked.
 *
 * Invariant: who follows it changes nothing; a server that is away for a while is waited for, and that is said.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkCodeOf } from '../../../../workflows/domain/gates/decision.js';
import { durationText } from '../../../../workflows/domain/numbers/duration-text.js';
import type { GateRequest } from '../../../../workflows/domain/gates/gate.js';
import {
  STEP_TITLES,
  type RecoveryRecord,
  type StepRecord,
} from '../../../../workflows/domain/record.js';
import type { EngineStatus, Operations } from '../../operations.js';
import { sayLine } from '../../output.js';

const LOOK_MS = 1_000;
/** For a report that takes long. */
const REPORT_LOOKS = 30;

export async function followRecovery(
  operations: Operations,
  engineId: string,
  first: RecoveryRecord,
): Promise<RecoveryRecord> {
  const once = sayingOnce();
  once('begun', `${first.incidentId}: recovery begun`);
  let record = first;
  for (let left = REPORT_LOOKS; ; left -= record.outcome === 'running' ? 0 : 1) {
    for (const step of record.steps.filter(isOver)) once(keyOf(step), wordsOf(step));
    if (!isOpen(record) || left === 0) return record;
    await sleep(LOOK_MS);
    const status = await look(operations, engineId);
    if (status === null || status.recovery?.workflowId !== record.workflowId) continue;
    record = status.recovery;
    const { gate } = status;
    if (gate !== null) once(`${gate.gateId} ${gate.attempt}`, question(gate));
  }
}

function sayingOnce(): (key: string, line: string) => void {
  const told = new Set<string>();
  return (key, line) => {
    if (told.has(key)) return;
    told.add(key);
    sayLine(line);
  };
}

function isOver({ endedAtMs }: StepRecord): boolean {
  return endedAtMs !== null;
}

/** Its report is written after it has ended. */
function isOpen({ outcome, steps }: RecoveryRecord): boolean {
  return outcome === 'running' || steps.at(-1)?.status === 'running';
}

function keyOf({ name, attempts, status }: StepRecord): string {
  return `${name} ${attempts} ${status}`;
}

function wordsOf({ name, status, startedAtMs, endedAtMs, detail }: StepRecord): string {
  const took = durationText((endedAtMs ?? startedAtMs) - startedAtMs);
  return `${STEP_TITLES[name]}: ${status} after ${took}${detail === '' ? '' : `: ${detail}`}`;
}

function question(gate: GateRequest): string {
  return (
    `QUESTION ${gate.gateId} (check code ${checkCodeOf(gate)}, the same on every screen): ` +
    `${gate.question} ` +
    `Answer in another terminal: relight approve ${gate.gateId} --as NAME --reason TEXT --key FILE`
  );
}

/** Null where it could not be asked. */
async function look(operations: Operations, engineId: string): Promise<EngineStatus | null> {
  try {
    return await operations.status(engineId);
  } catch {
    sayLine('Temporal does not answer; the recovery goes on, and this waits for it');
    return null;
  }
}
