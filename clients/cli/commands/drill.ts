/** `relight drill`: one crash of a person's own making, followed to its end. */
import type { Command } from 'commander';
import type { DrillOptions } from '../actions/readiness/drill.js';
import { KEY_OPTION, SIGNER_OPTION, SSH_KEY_OPTION, type WithOperations } from './command.js';

export function addDrillCommand(program: Command, withOperations: WithOperations): void {
  program
    .command('drill <engine>')
    .description(
      'mark the next crash of an engine as a drill, and follow its recovery; with your signature',
    )
    .option('--kill', 'kill it by SIGKILL, once you have typed its name')
    .option('--yes', 'with --kill: without typing it')
    .requiredOption('--reason <text>', 'why (required); people are told')
    .requiredOption(...SIGNER_OPTION)
    .option(...KEY_OPTION)
    .option(...SSH_KEY_OPTION)
    .action((engine: string, options: DrillOptions) =>
      withOperations(async (operations) => {
        const { drill } = await import('../actions/readiness/drill.js');
        return drill(operations, engine, options);
      }),
    );
}
