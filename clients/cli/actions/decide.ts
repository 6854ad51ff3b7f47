/**
 * `relight approve` and `relight reject`: signs what the person has seen, and nothing else.
 *
 * Invariant: without a word of the person about what they saw, an open question is shown first, and
 * what is signed is exactly what was shown.
 */
import type { Resume } from '../../../workflows/domain/gates/resume.js';
import { digestOf } from '../../../workflows/domain/content/canonical.js';
import { answerCommand } from '../../../workflows/domain/gates/answer-command.js';
import { checkCodeOf, reasonFault, type Answer } from '../../../workflows/domain/gates/decision.js';
import { shortGateId } from '../../../workflows/domain/gates/gate-name.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import type { Operations } from '../operations.js';
import { EXIT, printJson, printLine, say, sayLine } from '../output.js';
import { confirms, isInteractive } from '../terminal.js';
import { UsageError } from '../usage-error.js';
import { gateText } from './gates.js';
import { names, openGate, saidAlready } from './questions/find.js';
import { signerOf, type SigningOptions } from './signing.js';

export interface DecideOptions extends SigningOptions {
  reason: string;
  as: string;
  /** What the person saw: hash of the evidence, hash of all that was shown, or its check code. */
  evidence?: string;
  json?: boolean;
}

interface Request {
  /** As the person names it. */
  gateId: string;
  answer: Answer;
  options: DecideOptions;
  /** Of a go after manual recovery. */
  resume?: Resume;
}

export async function decide(operations: Operations, request: Request): Promise<number> {
  const { gateId: name, answer, options, resume } = request;
  const { reason, as: approver, evidence } = options;
  const fault = reasonFault(reason);
  if (fault !== null) throw new UsageError(`--reason: ${fault}`);
  const sign = signerOf(options);
  const gate = await openGate(operations, { name, answer, evidence });
  if (typeof gate === 'number') return gate;
  const before = saidAlready(gate, { answer, approver });
  if (before !== null) {
    sayLine(`${shortGateId(gate)}: ${answer} was said already ${before}; it needs ${gate.quorum}`);
    return EXIT.done;
  }
  const unseen = untrustworthy(gate) ?? (await unseenBy(gate, request));
  if (unseen !== null) {
    sayLine(unseen);
    return EXIT.negative;
  }
  const said = { answer, reason, approver, decidedAtMs: Date.now() };
  const decision = sign(gate, { ...said, ...(resume !== undefined && { resume }) });
  const outcome = await operations.decide(decision);
  if (options.json === true) printJson(outcome);
  else if (outcome.accepted) printLine(`${gate.gateId}: ${outcome.status}`);
  else sayLine(`Refused: ${outcome.reason}`);
  return outcome.accepted ? EXIT.done : EXIT.negative;
}

function untrustworthy(gate: GateRequest): string | null {
  const { gateId, evidence, evidenceHash } = gate;
  const { version }: { version?: number } = gate;
  if (version !== 2) {
    return `"${gateId}" is asked by a worker of another version: use the relight of that version`;
  }
  return digestOf(evidence) === evidenceHash
    ? null
    : `The evidence of "${gateId}" does not match its hash: do not sign it, look in the UI`;
}

/** As it was named; null where it was found without. */
function keyIn({ key, sshKey }: SigningOptions): { file: string; ssh: boolean } | null {
  const file = sshKey ?? key;
  return file === undefined ? null : { file, ssh: sshKey !== undefined };
}

/** Why the person has not seen, or does not want, what they would sign; null where they do. */
async function unseenBy(gate: GateRequest, { answer, options }: Request): Promise<string | null> {
  const { evidence, as, reason } = options;
  if (evidence !== undefined) {
    return names(gate, evidence)
      ? null
      : `Nothing is signed: you name ${evidence}, but the open question has evidence ` +
          `${gate.evidenceHash} and check code ${checkCodeOf(gate)}. Look again: relight gates`;
  }
  if (!isInteractive()) {
    throw new UsageError(
      'Nothing is signed: say what you saw, with the hash of its evidence or its check code. ' +
        `Look first (relight gates), then: ${answerCommand(gate, answer, { as, reason, key: keyIn(options) })}`,
    );
  }
  say(gateText(gate));
  const question = `Sign "${answer}" with check code ${checkCodeOf(gate)}, as ${as}?`;
  return (await confirms(question)) ? null : 'Nothing is signed.';
}
