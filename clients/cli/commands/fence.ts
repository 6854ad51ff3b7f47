/** `relight fence reset`: without Temporal, on the engine's host. */
import type { Command } from 'commander';
import type { FenceOptions } from '../actions/fence.js';
import {
  ENGINE_OPTION,
  KEY_OPTION,
  SIGNER_OPTION,
  SSH_KEY_OPTION,
  type WithOperations,
} from './command.js';

export function addFenceCommand(program: Command, withOperations: WithOperations): void {
  program
    .command('fence')
    .description('the epochs that this host remembers')
    .command('reset')
    .description(
      'set the epoch by hand, where a damaged or wild one stops every recovery; with your signature',
    )
    .option(...ENGINE_OPTION)
    .requiredOption('--to <epoch>', 'the epoch; recoveries below it are stale (required)')
    .requiredOption('--reason <text>', 'why; it is recorded beside the fence (required)')
    .requiredOption(...SIGNER_OPTION)
    .option(...KEY_OPTION)
    .option(...SSH_KEY_OPTION)
    .action((options: FenceOptions) =>
      withOperations(async (operations) => {
        const { resetFence } = await import('../actions/fence.js');
        return resetFence(operations, options);
      }),
    );
}
