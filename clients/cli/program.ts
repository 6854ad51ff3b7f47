/** The command line `relight`: what it understands, and what each exit code means. */
import { Argument, Command } from 'commander';
import type { Approver } from '../../workflows/domain/gates/approver.js';
import type { ReadJournal } from './actions/files/journal.js';
import type { WithOperations } from './commands/command.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addEngineCommands } from './commands/engine.js';
import { addDrillCommand } from './commands/drill.js';
import { addFenceCommand } from './commands/fence.js';
import { addChecklistCommands, addGateCommands } from './commands/gates.js';
import { addJournalCommand } from './commands/journal.js';
import type { Beginning } from './answers/init.js';
import { addInitCommand } from './commands/init.js';
import { addPlanCommand } from './commands/plan.js';
import { addKeyCommand, addKeysCommands } from './commands/keys.js';
import { addReportCommands } from './commands/report.js';
import { addServices } from './commands/services.js';
import { addSteeringCommands } from './commands/steering.js';
import { addStatusCommands } from './commands/status.js';
import { addVenueCommands, addWatchCommand } from './commands/venues.js';
import type { CheckpointAnswer, Operations, Services } from './operations.js';
import { EXIT, goOnUnread, say } from './output.js';
import { UsageError } from './usage-error.js';

export interface Wiring {
  version: string;
  /** `toStop`: what is not valid of people, one engine or one venue is passed over, and named. */
  operations(
    configFile: string | undefined,
    options: { toStop: boolean; toRead: boolean },
  ): Promise<Operations>;
  /** Null where there is no configuration, and none is named. */
  approvers(configFile: string | undefined): Promise<readonly Approver[] | null>;
  /** Of a checkpoint file, with as much of a configuration as there is. */
  verifyFile(
    file: string,
    options: { configFile: string | undefined; engineId: string | undefined },
  ): Promise<CheckpointAnswer>;
  services(configFile: string | undefined): Promise<Services>;
  beginning(): Promise<Beginning>;
  readJournal: ReadJournal;
  /** Errors of configuration: their text is for people, and it is the user's turn. */
  isConfigError(error: unknown): boolean;
  isUnreachable(error: unknown): Promise<boolean>;
}

const HELP = `
Exit codes: 0 done, 1 failed, 2 bad usage or configuration, 3 the answer is no
(refused, invalid, different, something left), 4 Temporal does not answer, 5 not
everything could be read, and nothing that was read differs; of status --wait:
6 a person must answer, 7 an engine is stopped, 8 the time is up.

A first look:
  relight init                     write a first configuration
  relight up                       run everything on this machine
  relight doctor                   what a recovery would need, before it is needed
  relight engine check             what an engine offers, and what stands in for the rest
  relight plan                     what a recovery would do now; reads only
  relight status --watch           what is going on
  relight positions                what the venues say, now
  relight reconcile                engine against venues; reads only
  relight watch --every 30         again and again, with alarms
  relight gates                    what waits for you
  relight approve GATE --as ME --reason "looked at it"    shows it, and asks
  relight checklist                what a manual recovery still needs
  relight shutdown --reason "..."  stop the engine now; works without Temporal
`;

export function createProgram(wiring: Wiring): Command {
  const program = new Command('relight')
    .description('Durable crash recovery for trading engines.')
    .version(wiring.version)
    .option('-c, --config <file>', 'configuration (default: $RELIGHT_CONFIG or ./relight.yaml)')
    .addHelpText('after', HELP)
    // Inherited by each command: the configuration is an option of the program, for all of them.
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(relight --help shows the commands)')
    .exitOverride((exit) => process.exit(exit.exitCode === 0 ? EXIT.done : EXIT.usage));
  const configFile = () => program.opts<{ config?: string }>().config;
  const guarded = (act: () => Promise<number>) => runGuarded(wiring, act);
  const withOperations: WithOperations = async (act, { toStop = false, toRead = false } = {}) =>
    guarded(async () => {
      const operations = await wiring.operations(configFile(), { toStop, toRead });
      try {
        return await act(operations);
      } finally {
        await operations.close();
      }
    });
  addServices(program, (run) =>
    guarded(async () => {
      goOnUnread();
      await run(await wiring.services(configFile()));
      return EXIT.done;
    }),
  );
  addInitCommand(program, async (act) =>
    guarded(async () => act(await wiring.beginning(), configFile())),
  );
  addStatusCommands(program, withOperations);
  addDoctorCommand(program, withOperations);
  addPlanCommand(program, withOperations);
  addReportCommands(program, {
    withOperations,
    guarded,
    approvers: async () => wiring.approvers(configFile()),
  });
  addGateCommands(program, withOperations);
  addSteeringCommands(program, withOperations);
  addChecklistCommands(program, withOperations);
  addDrillCommand(program, withOperations);
  addEngineCommands(program, withOperations, {
    guarded,
    verifyFile: async (file, engineId) =>
      wiring.verifyFile(file, { configFile: configFile(), engineId }),
  });
  addFenceCommand(program, withOperations);
  addJournalCommand(program, guarded, wiring.readJournal);
  addVenueCommands(program, withOperations);
  addWatchCommand(program, withOperations);
  addKeyCommand(program, guarded);
  addKeysCommands(program, withOperations);
  addCompletionCommand(program, guarded);
  addHelpCommand(program);
  return program;
}

function addCompletionCommand(
  program: Command,
  guarded: (act: () => Promise<number>) => Promise<void>,
): void {
  program
    .command('completion')
    .description('prints what a shell offers after TAB; its first line says how to use it')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish') =>
      guarded(async () => {
        const { completion } = await import('./actions/shell/completion.js');
        return completion(program, shell);
      }),
    );
}

/** Its own `help` shows the general one for a name that it does not know, and no word of that. */
function addHelpCommand(program: Command): void {
  program
    .helpCommand(false)
    .command('help [command]')
    .description('display help for a command')
    .action(async (name: string | undefined) => {
      const named = program.commands.find((command) => command.name() === name);
      if (name === undefined) program.help();
      else if (named !== undefined) named.help();
      else await program.parseAsync([name], { from: 'user' }); // unknown: it is told, with a guess
    });
}

async function runGuarded(wiring: Wiring, act: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await act();
  } catch (error) {
    process.exitCode = await explain(wiring, error);
  }
}

/** What an error quotes may be a server's: none of its lines looks like one of ours. */
function indented(message: string): string {
  return message.replaceAll(/\r?\n(?! )/g, '\n  ');
}

async function explain(wiring: Wiring, error: unknown): Promise<number> {
  const message = indented(error instanceof Error ? error.message : String(error));
  if (wiring.isConfigError(error) || error instanceof UsageError) {
    say(message);
    return EXIT.usage;
  }
  if (await wiring.isUnreachable(error)) {
    say(`Temporal does not answer: ${message}. Is "relight up" running?`);
    return EXIT.unreachable;
  }
  say(`Failed: ${message}`);
  return EXIT.failed;
}
