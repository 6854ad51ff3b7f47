/** `relight checkpoint verify`. */
import type { Operations } from '../operations.js';
import { ageText, EXIT, print, printJson } from '../output.js';
import { chosen } from './engine.js';

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
    const age = answer.ageMs === null ? '' : `, ${ageText(answer.ageMs)} old`;
    print(`${answer.path}: ${answer.valid ? 'valid' : 'INVALID'}${age}`);
    for (const error of answer.errors) print(`  error: ${error}`);
    for (const warning of answer.warnings) print(`  warning: ${warning}`);
  }
  return answer.valid ? EXIT.done : EXIT.negative;
}
