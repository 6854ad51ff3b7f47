/** `relight checkpoint verify`. */
import { durationText } from '../../../../workflows/domain/numbers/duration-text.js';
import type { CheckpointAnswer, Operations } from '../../operations.js';
import { EXIT, printJson, printLine } from '../../output.js';
import { chosen } from '../engine.js';

export interface VerifyOptions {
  engine?: string;
  json?: boolean;
}

export async function verifyNewest(
  operations: Operations,
  options: VerifyOptions,
): Promise<number> {
  const engineId = chosen(operations, options.engine);
  return showVerdict(await operations.verifyCheckpoint(engineId), options);
}

export function showVerdict(answer: CheckpointAnswer, { json }: VerifyOptions): number {
  if (json === true) printJson(answer);
  else {
    const age = answer.ageMs === null ? '' : `, ${durationText(answer.ageMs)} old`;
    printLine(`${answer.path}: ${answer.valid ? 'valid' : 'INVALID'}${age}`);
    for (const error of answer.errors) printLine(`  error: ${error}`);
    for (const warning of answer.warnings) printLine(`  warning: ${warning}`);
  }
  return answer.valid ? EXIT.done : EXIT.negative;
}
