/** `relight engine check`: what an engine offers, and what stands in for the rest, a line a capability. */
import {
  STANDING_WORDS,
  type CapabilityLine,
} from '../../../../workflows/domain/engine/integration.js';
import type { Operations } from '../../operations.js';
import { EXIT, printJson, printLine } from '../../output.js';
import { UsageError } from '../../usage-error.js';

const WIDTHS = { capability: 20, standing: 12 } as const;

export async function engineCheck(
  operations: Operations,
  engine: string | undefined,
  options: { json?: boolean },
): Promise<number> {
  const known = operations.engines();
  if (engine !== undefined && !known.includes(engine)) {
    throw new UsageError(`No engine "${engine}" is configured; there are: ${known.join(', ')}`);
  }
  const answer = await operations.engineCheck(engine === undefined ? known : [engine]);
  if (options.json === true) {
    printJson(answer);
    return EXIT.done;
  }
  for (const { engineId, capabilities } of answer.engines) {
    printLine(engineId);
    for (const line of capabilities) printLine(`  ${lineOf(line)}`);
  }
  return EXIT.done;
}

function lineOf({ capability, standing, by, cost }: CapabilityLine): string {
  const named = capability.padEnd(WIDTHS.capability);
  const stands = STANDING_WORDS[standing].padEnd(WIDTHS.standing);
  return `${named}${stands}${by}${cost === null ? '' : `: ${cost}`}`;
}
