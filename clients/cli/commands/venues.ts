/**
 * `relight reconcile`, `positions`, `orders`: what the venues say, without Temporal; and `watch`,
 * which reconciles again and again.
 */
import type { Command } from 'commander';
import type { VenueOptions } from '../actions/venues.js';
import type { WatchOptions } from '../actions/watch.js';
import { ENGINE_OPTION, type WithOperations } from './command.js';

export function addVenueCommands(program: Command, withOperations: WithOperations): void {
  const command = (name: 'reconcile' | 'positions' | 'orders', description: string) =>
    program
      .command(name)
      .description(description)
      .option(...ENGINE_OPTION)
      .option('--json', `print JSON: docs/answers/${name}.schema.json`)
      .action((options: VenueOptions) =>
        withOperations(
          async (operations) => {
            const actions = await import('../actions/venues.js');
            return actions[name](operations, options);
          },
          { toRead: true },
        ),
      );
  command('reconcile', 'compare an engine with its venues now; reads only').option(
    '--all',
    'show the figures that are equal, too',
  );
  command('positions', 'positions and balances as the venues have them now');
  command('orders', 'resting orders as the venues have them now, conditional ones too');
}

export function addWatchCommand(program: Command, withOperations: WithOperations): void {
  program
    .command('watch')
    .description('reconcile again and again; alarms when a difference stays')
    .option(...ENGINE_OPTION)
    .option('--every <seconds>', 'time between two reconciliations, in seconds', '30')
    .option('--json', 'print a line of JSON for each pass: docs/answers/watch.schema.json')
    .action((options: WatchOptions) =>
      withOperations(async (operations) => {
        const { watch } = await import('../actions/watch.js');
        return watch(operations, options);
      }),
    );
}
