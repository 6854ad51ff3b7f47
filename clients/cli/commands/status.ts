/** `relight status`; `relight crashes` and `relight unit-failed`, which need no Temporal. */
import type { Command } from 'commander';
import type { CrashesOptions } from '../actions/crashes.js';
import type { StatusOptions } from '../actions/status.js';
import type { WithOperations } from './command.js';

export function addStatusCommands(program: Command, withOperations: WithOperations): void {
  program
    .command('status')
    .description('every engine: its guardian, its recovery, its open question')
    .option('--engine <id>', 'only this engine')
    .option('--watch', 'again every second, until interrupted')
    .option('--json', 'print JSON')
    .action((options: StatusOptions) =>
      withOperations(async (operations) => {
        const { status } = await import('../actions/status.js');
        return status(operations, options);
      }),
    );
  program
    .command('crashes [engine]')
    .description('what the agent of this machine has seen die; needs no Temporal')
    .option('--json', 'print JSON')
    .action((engine: string | undefined, options: CrashesOptions) =>
      withOperations(
        async (operations) => {
          const { crashes } = await import('../actions/crashes.js');
          return crashes(operations, engine, options);
        },
        { toStop: true },
      ),
    );
  program
    .command('unit-failed')
    .description('for a unit of OnFailure=: tell the agent what systemd says, by its MONITOR_*')
    .action(() =>
      withOperations(
        async (operations) => {
          const { unitFailed } = await import('../actions/unit-failed.js');
          return unitFailed(operations, process.env);
        },
        { toStop: true },
      ),
    );
}
