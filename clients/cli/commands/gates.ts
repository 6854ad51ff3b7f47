/** `relight gates`, `approve` and `reject`. */
import type { Command } from 'commander';
import type { DecideOptions } from '../actions/decide.js';
import { KEY_OPTION, SIGNER_OPTION, SSH_KEY_OPTION, type WithOperations } from './command.js';

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
      .description(`${answer} an open gate (ENGINE/KIND, or its whole id), with your signature`)
      .requiredOption(
        '--reason <text>',
        'why (required); it stays in the history and in the report',
      )
      .requiredOption(...SIGNER_OPTION)
      .option(
        '--evidence <hash>',
        'what you saw: the hash or the check code that the notice and "relight gates" print; ' +
          'without it, a terminal shows the question and asks',
      )
      .option(...KEY_OPTION)
      .option(...SSH_KEY_OPTION)
      .option('--json', 'print JSON')
      .action((gateId: string, options: DecideOptions) =>
        withOperations(async (operations) => {
          const { decide } = await import('../actions/decide.js');
          return decide(operations, { gateId, answer, options });
        }),
      );
  }
}
