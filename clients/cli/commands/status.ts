/** `relight status`; `relight crashes` and `relight unit-failed`, which need no Temporal. */
import { InvalidArgumentError, type Command } from 'commander';
import type { IncidentsOptions } from '../actions/reports/incidents.js';
import type { CrashesOptions } from '../actions/crashes.js';
import type { StatusOptions } from '../actions/status.js';
import { UsageError } from '../usage-error.js';
import type { WithOperations } from './command.js';

export function addStatusCommands(program: Command, withOperations: WithOperations): void {
  program
    .command('status')
    .description(
      'every engine: whether it trades, who looks after it, its recovery, its open question',
    )
    .option('--engine <id>', 'only this engine')
    .option('--watch', 'again every second, until interrupted; in place at a terminal')
    .option('--wait', 'until all trade (0), a person must answer (6), or one is stopped (7)')
    .option('--timeout <time>', 'with --wait: at most so long, such as 90s, 5m or 1h', timeOf)
    .option('--json', 'print JSON')
    .action((options: StatusOptions) =>
      withOperations(async (operations) => {
        if (options.timeout !== undefined && options.wait !== true) {
          throw new UsageError('--timeout goes with --wait');
        }
        const { status } = await import('../actions/status.js');
        return status(operations, options);
      }),
    );
  addIncidentCommands(program, withOperations);
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

function addIncidentCommands(program: Command, withOperations: WithOperations): void {
  program
    .command('incidents')
    .description('all incidents, newest first: state, cause, how long, how they ended')
    .option('--last <count>', 'at most so many', countOf, 20)
    .option('--json', 'print JSON')
    .action((options: IncidentsOptions) =>
      withOperations(async (operations) => {
        const { incidents } = await import('../actions/reports/incidents.js');
        return incidents(operations, options);
      }),
    );
  program
    .command('incident <id>')
    .description('one incident whole: cause, steps, questions with their answers, files')
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: boolean }) =>
      withOperations(async (operations) => {
        const { incident } = await import('../actions/reports/incidents.js');
        return incident(operations, id, options);
      }),
    );
}

const MOST_LISTED = 1_000;

function countOf(text: string): number {
  const count = Number(text);
  if (/^\d{1,4}$/.test(text) && count >= 1 && count <= MOST_LISTED) return count;
  throw new InvalidArgumentError(`a count is a number from 1 to ${MOST_LISTED}.`);
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

function timeOf(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const ms = Number(digits) * (UNITS_MS[unit] ?? 0);
  if (ms > 0) return ms;
  throw new InvalidArgumentError('a time is a number and its unit, such as 90s, 5m or 1h.');
}
