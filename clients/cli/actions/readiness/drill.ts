/**
 * `relight drill`: the next crash is announced, signed; then it is killed, or the person does so; then the recovery is
 * followed to its end, and what it has shown is told.
 *
 * Invariants: nothing is killed before a person has typed the engine's name, or said `--yes`, and before the guardian
 * has taken the word; the recovery is the real one, and waits at its gates as ever.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonFault } from '../../../../workflows/domain/gates/decision.js';
import { DRILL_WITHIN_MS } from '../../../../workflows/domain/steering/drill.js';
import { instructionBytes } from '../../../../workflows/domain/steering/instruction.js';
import type { RecoveryRecord } from '../../../../workflows/domain/record.js';
import type { LivingProcess, Operations } from '../../operations.js';
import { EXIT, sayLine } from '../../output.js';
import { showDrill } from '../../tables/drill.js';
import { isInteractive, typedLine } from '../../terminal.js';
import { UsageError } from '../../usage-error.js';
import { proverOf, type SigningOptions } from '../signing.js';
import { followRecovery } from './follow.js';

export interface DrillOptions extends SigningOptions {
  reason: string;
  as: string;
  kill?: boolean;
  yes?: boolean;
}

const LOOK_MS = 1_000;

export async function drill(
  operations: Operations,
  engineId: string,
  options: DrillOptions,
): Promise<number> {
  const { reason, as: by, kill = false } = options;
  const fault = reasonFault(reason);
  if (fault !== null) throw new UsageError(`--reason: ${fault}`);
  const prove = proverOf(options);
  const living = await operations.watched(engineId);
  if (living === null) throw new UsageError(notLiving(engineId));
  const before = (await operations.status(engineId)).recovery?.workflowId ?? null;
  if (kill && !(await isMeant(engineId, living, options.yes === true))) {
    sayLine('nothing was done');
    return EXIT.negative;
  }
  const told = await operations.toInstruct({ command: 'drill', target: engineId, reason, by });
  const answer = await operations.instruct({ told, proof: prove(instructionBytes(told)) });
  if (!answer.accepted) {
    sayLine(`Refused: ${answer.reason}`);
    return EXIT.negative;
  }
  sayLine(`DRILL: ${answer.done}`);
  await crash(operations, living, kill);
  return toItsEnd(operations, engineId, before);
}

async function crash(operations: Operations, living: LivingProcess, kill: boolean): Promise<void> {
  if (kill) await operations.killAsCrash(living);
  sayLine(
    kill
      ? `DRILL: sent SIGKILL to pid ${living.pid}`
      : `DRILL: crash it now: kill -9 ${living.pid}`,
  );
}

/** `before`: the recovery that was the last. */
async function toItsEnd(
  operations: Operations,
  engineId: string,
  before: string | null,
): Promise<number> {
  const record = await begun(operations, engineId, before);
  if (record === null) {
    sayLine(
      `DRILL: no recovery has begun within ${DRILL_WITHIN_MS / 60_000} min: was it stopped as planned, and does an ` +
        `agent watch it? relight doctor ${engineId}`,
    );
    return EXIT.negative;
  }
  const ended = await followRecovery(operations, engineId, record);
  showDrill(ended);
  return ended.outcome === 'recovered' ? EXIT.done : EXIT.negative;
}

function notLiving(engineId: string): string {
  return `the agent of this host knows of no living process of ${engineId}: start the engine, run relight up (or relight agent), and see relight status`;
}

async function isMeant(engineId: string, { pid }: LivingProcess, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!isInteractive()) {
    throw new UsageError('--kill needs --yes where nobody can type the name of the engine');
  }
  const typed = await typedLine(
    `SIGKILL goes to pid ${pid} of ${engineId}. Its name, to kill it: `,
  );
  return typed === engineId;
}

/** Its record; null where none has begun in time. */
async function begun(
  operations: Operations,
  engineId: string,
  before: string | null,
): Promise<RecoveryRecord | null> {
  const untilMs = Date.now() + DRILL_WITHIN_MS;
  while (Date.now() < untilMs) {
    const { recovery } = await operations.status(engineId);
    if (recovery !== null && recovery.workflowId !== before) return recovery;
    await sleep(LOOK_MS);
  }
  return null;
}
