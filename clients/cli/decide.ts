/** `relight approve` and `relight reject`: looks at the gate, signs what it saw, sends it. */
import type { Command } from 'commander';
import { digestOf } from '../../workflows/domain/content/canonical.js';
import { signDecision } from '../../workflows/domain/gates/gate.js';
import { readKey } from './keys.js';
import type { OpenGate, Operations } from './operations.js';
import { EXIT, print, printJson, say, table } from './output.js';

interface DecideOptions {
  reason: string;
  as: string;
  key?: string;
  json?: boolean;
}

type WithOperations = (act: (operations: Operations) => Promise<number>) => Promise<void>;

export function addGateCommands(program: Command, withOperations: WithOperations): void {
  program
    .command('gates')
    .description('the questions that wait for a person')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      withOperations(async (operations) => showGates(await operations.openGates(), options)),
    );
  for (const answer of ['approve', 'reject'] as const) {
    program
      .command(`${answer} <gate>`)
      .description(`${answer} an open gate with your signature`)
      .requiredOption('--reason <text>', 'why; it stays in the history and in the report')
      .requiredOption('--as <name>', 'your name among the approvers of the configuration')
      .option('--key <file>', 'your private key file (default: $RELIGHT_APPROVER_KEY_FILE)')
      .option('--json', 'print JSON')
      .action((gateId: string, options: DecideOptions) =>
        withOperations((operations) => decide(operations, { gateId, answer, options })),
      );
  }
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

async function decide(
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
