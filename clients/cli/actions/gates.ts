/** `relight gates`: the open questions, each with the evidence that an answer signs. */
import { answerCommand } from '../../../workflows/domain/gates/answer-command.js';
import { checkCodeOf } from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import type { OpenGate, Operations } from '../operations.js';
import { EXIT, print, printJson, printLine, sayLine } from '../output.js';
import { table } from '../tables/text.js';

export async function gates(operations: Operations, options: { json?: boolean }): Promise<number> {
  const unread: string[] = [];
  const open = await operations.openGates((why) => unread.push(why));
  if (open.length > 0 || unread.length === 0 || options.json === true) showGates(open, options);
  for (const why of unread) sayLine(`COULD NOT BE ASKED: ${why}`);
  return unread.length === 0 ? EXIT.done : EXIT.unknown;
}

function showGates(gates: OpenGate[], { json }: { json?: boolean }): void {
  if (json === true) {
    printJson(gates.map((open) => ({ ...open, checkCode: checkCodeOf(open.gate) })));
    return;
  }
  if (gates.length === 0) printLine('No gate is open.');
  for (const { gate } of gates) {
    print(gateText(gate));
    printLine(`Answer: ${answerCommand(gate, 'approve')}   (or reject)`);
  }
}

/** All that an answer signs, the evidence whole. */
export function gateText(gate: GateRequest): string {
  const expiry = gate.expiresAtMs === null ? 'never' : new Date(gate.expiresAtMs).toISOString();
  const rows = [
    ['gate', gate.gateId],
    ['question', gate.question],
    ['approve', gate.onApprove],
    ['reject', gate.onReject],
    ['needs', `${gate.quorum} of role ${gate.roles.join(' or ')}; attempt ${gate.attempt}`],
    ['expires', `${expiry} (an expired gate never approves)`],
    ['state', gate.stateDigest ?? `none yet: ${gate.noStateBecause}`],
    ['evidence', gate.evidenceHash],
    ['check code', `${checkCodeOf(gate)} (the same wherever this question is shown)`],
  ];
  return `${table([], rows)}\n${JSON.stringify(gate.evidence, null, 2)}`;
}
