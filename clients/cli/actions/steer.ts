/** Signed commands to the guardian: what was typed is signed, and what came of it is said. */
import { reasonFault } from '../../../workflows/domain/gates/decision.js';
import { instructionBytes, type Told } from '../../../workflows/domain/steering/instruction.js';
import type { Operations, SignedRequest } from '../operations.js';
import { EXIT, print, printJson, say } from '../output.js';
import { UsageError } from '../usage-error.js';
import { proverOf, type SigningOptions } from './signing.js';

export interface SteerOptions extends SigningOptions {
  reason: string;
  as: string;
  json?: boolean;
}

/** `toTell`: what is to be signed for these words. */
export async function steer(
  operations: Operations,
  options: SteerOptions,
  toTell: (signed: SignedRequest) => Promise<Told>,
): Promise<number> {
  const { reason, as: by } = options;
  const fault = reasonFault(reason);
  if (fault !== null) throw new UsageError(`--reason: ${fault}`);
  const prove = proverOf(options);
  const told = await toTell({ reason, by });
  const answer = await operations.instruct({ told, proof: prove(instructionBytes(told)) });
  if (options.json === true) printJson(answer);
  else if (answer.accepted) print(answer.done);
  else say(`Refused: ${answer.reason}`);
  return answer.accepted ? EXIT.done : EXIT.negative;
}
