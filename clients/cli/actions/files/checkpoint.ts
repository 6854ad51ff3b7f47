/** `relight checkpoint verify`. */
import { durationText } from '../../../../workflows/domain/numbers/duration-text.js';
import type { Operations } from '../../operations.js';
import { EXIT, printJson, printLine } from '../../output.js';
import { chosen } from '../engine.js';

export interface VerifyOptions {
  engine?: string;
  json?: boolean;
}

export async function verify(
  operations: Operations,
  file: string | undefined,
  options: VerifyOptions,
): Promise<number> {
  const engineId = chosen(operations, options.engine);
  const answer = await operations.verifyCheckpoint(engineId, file ?? null);
  if (options.json === true) printJson(answer);
  else {
    const age = answer.ageMs === null ? '' : `, ${durationText(answer.ageMs)} old`;
    printLine(`${answer.path}: ${answer.valid ? 'valid' : 'INVALID'}${age}`);
    for (const error of answer.errors) printLine(`  error: ${error}`);
    for (const warning of answer.warnings) printLine(`  warning: ${warning}`);
  }
  return answer.valid ? EXIT.done : EXIT.negative;
}
