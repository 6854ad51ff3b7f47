/** `relight status` and `relight report`. */
import type { Command } from 'commander';
import type { ReportOptions } from '../actions/report.js';
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
    .command('report [incident]')
    .description('reports of past recoveries and their files; with an incident, only its own')
    .option('--json', 'print JSON')
    .action((incident: string | undefined, options: ReportOptions) =>
      withOperations(async (operations) => {
        const { report } = await import('../actions/report.js');
        return report(operations, incident, options);
      }),
    );
}
