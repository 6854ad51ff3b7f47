/** `relight gates`: the open questions, each with the evidence that an answer signs. */
import type { OpenGate, Operations } from '../operations.js';
import { EXIT, print, printJson } from '../output.js';
import { table } from '../tables/text.js';

export async function gates(operations: Operations, options: { json?: boolean }): Promise<number> {
  return showGates(await operations.openGates(), options);
}

function showGates(gates: OpenGate[], { json }: { json?: boolean }): number {
  if (json === true) {
    printJson(gates);
  } else if (gates.length === 0) {
    print('No gate is open.');
  }
  for (const { gate } of json === true ? [] : gates) {
    const expiry = gate.expiresAtMs === null ? 'never' : new Date(gate.expiresAtMs).toISOString();
    print(
      table(
        [],
        [
          ['gate', gate.gateId],
          ['question', gate.question],
          ['approve', gate.onApprove],
          ['reject', gate.onReject],
          ['needs', `${gate.quorum} of role ${gate.roles.join(' or ')}; attempt ${gate.attempt}`],
          ['expires', `${expiry} (an expired gate never approves)`],
          ['evidence', gate.evidenceHash],
        ],
      ),
    );
    print(JSON.stringify(gate.evidence, null, 2));
    print(`Answer: relight approve ${gate.gateId} --as NAME --reason "..."   (or reject)`);
  }
  return EXIT.done;
}
