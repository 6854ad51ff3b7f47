/** `relight approve` and `relight reject`: looks at the gate, signs what it saw, sends it. */
import { digestOf } from '../../../workflows/domain/content/canonical.js';
import { signDecision } from '../../../workflows/domain/gates/gate.js';
import type { Operations } from '../operations.js';
import { EXIT, print, printJson, say } from '../output.js';
import { readKey } from './keys.js';

export interface DecideOptions {
  reason: string;
  as: string;
  key?: string;
  json?: boolean;
}

export async function decide(
  operations: Operations,
  request: { gateId: string; answer: 'approve' | 'reject'; options: DecideOptions },
): Promise<number> {
  const { gateId, answer, options } = request;
  const privateKey = readKey(options.key);
  const open = (await operations.openGates()).find(({ gate }) => gate.gateId === gateId);
  if (open === undefined) {
    say(`No open gate "${gateId}". See the open ones with: relight gates`);
    return EXIT.negative;
  }
  const { attempt, evidence, evidenceHash } = open.gate;
  if (digestOf(evidence) !== evidenceHash) {
    say(`The evidence of "${gateId}" does not match its hash: do not sign it, look in the UI`);
    return EXIT.negative;
  }
  const { reason, as: approver } = options;
  const content = { gateId, attempt, evidenceHash, answer, reason, approver };
  const signed = signDecision({ ...content, decidedAtMs: Date.now() }, privateKey);
  const outcome = await operations.decide(signed);
  if (options.json === true) printJson(outcome);
  else if (outcome.accepted) print(`${gateId}: ${outcome.status}`);
  else say(`Refused: ${outcome.reason}`);
  return outcome.accepted ? EXIT.done : EXIT.negative;
}
