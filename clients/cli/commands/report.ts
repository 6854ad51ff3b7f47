/** `relight report` and `relight report verify`. */
import type { Command } from 'commander';
import type { Approver } from '../../../workflows/domain/gates/approver.js';
import type { ReportOptions } from '../actions/reports/report.js';
import type { WithOperations } from './command.js';

interface Surroundings {
  withOperations: WithOperations;
  guarded: (act: () => Promise<number>) => Promise<void>;
  approvers: () => Promise<readonly Approver[] | null>;
}

export function addReportCommands(
  program: Command,
  { withOperations, guarded, approvers }: Surroundings,
): void {
  const report = program
    .command('report [incident]')
    .description('reports of past recoveries and their files; with an incident, only its own')
    .option('--json', 'print JSON')
    .action((incident: string | undefined, options: ReportOptions) =>
      withOperations(async (operations) => {
        const actions = await import('../actions/reports/report.js');
        return actions.report(operations, incident, options);
      }),
    );
  report
    .command('verify <file>')
    .description(
      'prove the decisions in a recovery.json: needs no Temporal; compares keys with the ' +
        'configuration, where there is one',
    )
    .option('--json', 'print JSON')
    .action((file: string, _: ReportOptions, command: Command) =>
      guarded(async () => {
        const { verifyReport } = await import('../actions/reports/verify-report.js');
        // `--json` is an option of the command above, too.
        return verifyReport(file, await approvers(), command.optsWithGlobals<ReportOptions>());
      }),
    );
}
