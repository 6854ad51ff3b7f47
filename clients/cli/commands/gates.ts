/** `relight gates`, `approve` and `reject`. */
import type { Command } from 'commander';
import type { DecideOptions } from '../actions/decide.js';
import type { WithOperations } from './command.js';

export function addGateCommands(program: Command, withOperations: WithOperations): void {
  program
    .command('gates')
    .description('the questions that wait for a person')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) =>
      withOperations(async (operations) => {
        const { gates } = await import('../actions/gates.js');
        return gates(operations, options);
      }),
    );
  for (const answer of ['approve', 'reject'] as const) {
    program
      .command(`${answer} <gate>`)
      .description(`${answer} an open gate, named as "relight gates" names it, with your signature`)
      .requiredOption(
        '--reason <text>',
        'why (required); it stays in the history and in the report',
      )
      .requiredOption(
        '--as <name>',
        'your name (required) among the approvers of the configuration',
      )
      .option('--key <file>', 'your private key file (default: $RELIGHT_APPROVER_KEY_FILE)')
      .option('--json', 'print JSON')
      .action((gateId: string, options: DecideOptions) =>
        withOperations(async (operations) => {
          const { decide } = await import('../actions/decide.js');
          return decide(operations, { gateId, answer, options });
        }),
      );
  }
}
