/** The command line `relight`: what it understands, and what each exit code means. */
import { Command } from 'commander';
import { addEngineCommands } from './commands/engine.js';
import { addGateCommands } from './commands/gates.js';
import { addKeyCommand } from './commands/keys.js';
import { addServices } from './commands/services.js';
import { addStatusCommands } from './commands/status.js';
import { addVenueCommands, addWatchCommand } from './commands/venues.js';
import type { Operations, Services } from './operations.js';
import { EXIT, say } from './output.js';
import { UsageError } from './usage-error.js';

export interface Wiring {
  version: string;
  operations(configFile: string | undefined): Promise<Operations>;
  services(configFile: string | undefined): Promise<Services>;
  /** Errors of configuration: their text is for people, and it is the user's turn. */
  isConfigError(error: unknown): boolean;
  isUnreachable(error: unknown): Promise<boolean>;
}

const HELP = `
Exit codes: 0 done, 1 failed, 2 bad usage or configuration, 3 the answer is no
(refused, invalid, different, something left), 4 Temporal does not answer, 5 not
everything could be read, and nothing that was read differs.

A first look:
  relight up                       run everything on this machine
  relight status --watch           what is going on
  relight positions                what the venues say, now
  relight reconcile                engine against venues; reads only
  relight watch --every 30         again and again, with alarms
  relight gates                    what waits for you
  relight approve GATE --as ME --reason "looked at it"
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
  const withOperations = (act: (operations: Operations) => Promise<number>) =>
    guarded(async () => {
      const operations = await wiring.operations(configFile());
      try {
        return await act(operations);
      } finally {
        await operations.close();
      }
    });
  addServices(program, (name) =>
    guarded(async () => {
      const services = await wiring.services(configFile());
      await services[name]();
      return EXIT.done;
    }),
  );
  addStatusCommands(program, withOperations);
  addGateCommands(program, withOperations);
  addEngineCommands(program, withOperations);
  addVenueCommands(program, withOperations);
  addWatchCommand(program, withOperations);
  addKeyCommand(program, guarded);
  return program;
}

async function runGuarded(wiring: Wiring, act: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await act();
  } catch (error) {
    process.exitCode = await explain(wiring, error);
  }
}

async function explain(wiring: Wiring, error: unknown): Promise<number> {
  const message = error instanceof Error ? error.message : String(error);
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
