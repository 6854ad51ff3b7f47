/** `relight gates`, `approve`, `reject`, and of a manual recovery `checklist`, `checklist tick`, `checklist resume`. */
import type { Command } from 'commander';
import type { DecideOptions } from '../actions/decide.js';
import type { ResumeOptions, TickOptions } from '../actions/manual/checklist.js';
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

const INCIDENT_OPTION = [
  '--incident <id>',
  'the incident or its engine; needed where several recoveries are open',
] as const;

export function addChecklistCommands(program: Command, withOperations: WithOperations): void {
  const checklist = program
    .command('checklist')
    .argument('[incident]', 'the incident, or the engine; default: all that are open')
    .description('the manual recovery as it stands: what is proven, ticked and open')
    .option('--json', 'print JSON')
    .action((target: string | undefined, options: { json?: boolean }) =>
      withOperations(async (operations) => {
        const { showChecklist } = await import('../actions/manual/checklist.js');
        return showChecklist(operations, target ?? null, options);
      }),
    );
  signed(
    checklist
      .command('tick <item>')
      .description('say that an item is done, with your signature')
      .requiredOption('--note <text>', 'what was done or found (required); it stays in the report'),
  ).action((item: string, _options: TickOptions, command: Command) =>
    withOperations(async (operations) => {
      const { tick } = await import('../actions/manual/checklist.js');
      return tick(operations, item, command.optsWithGlobals<TickOptions>());
    }),
  );
  signed(
    checklist
      .command('resume')
      .description('have the recovery go on, with the signature of who may (risk)')
      .requiredOption('--from <step>', 'analyse, load-state, reconcile or start (required)')
      .requiredOption('--reason <text>', 'why (required); it stays in the report')
      .option(
        '--evidence <hash>',
        'what you saw: the hash or the check code that the notice and "relight gates" print',
      ),
  ).action((_options: ResumeOptions, command: Command) =>
    withOperations(async (operations) => {
      const { resume } = await import('../actions/manual/checklist.js');
      return resume(operations, command.optsWithGlobals<ResumeOptions>());
    }),
  );
}

/** `--json` is an option of `checklist`, which commander takes from both. */
function signed(command: Command): Command {
  return command
    .requiredOption(...SIGNER_OPTION)
    .option(...INCIDENT_OPTION)
    .option(...KEY_OPTION)
    .option(...SSH_KEY_OPTION)
    .option('--json', 'print JSON');
}
