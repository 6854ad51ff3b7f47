/** The command line `relight`: what it understands, and what each exit code means. */
import { Command } from 'commander';
import { addGateCommands } from './decide.js';
import { addEngineCommands } from './engine-commands.js';
import { UsageError } from './engine-option.js';
import { createKeyFile, KeyError } from './keys.js';
import type { Operations, Services } from './operations.js';
import { EXIT, print, say } from './output.js';
import { addStatusCommands } from './status.js';
import { addVenueCommands } from './venue-commands.js';
import { addWatchCommand } from './watch-command.js';

export interface Wiring {
  version: string;
  operations(configFile: string | undefined): Operations;
  services(configFile: string | undefined): Services;
  /** Errors of configuration: their text is for people, and it is the user's turn. */
  isConfigError(error: unknown): boolean;
  isUnreachable(error: unknown): boolean;
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
    .showHelpAfterError('(relight --help shows the commands)')
    .exitOverride((exit) => process.exit(exit.exitCode === 0 ? EXIT.done : EXIT.usage));
  const configFile = () => program.opts<{ config?: string }>().config;
  const guarded = (act: () => Promise<number>) => runGuarded(wiring, act);
  const withOperations = (act: (operations: Operations) => Promise<number>) =>
    guarded(async () => {
      const operations = wiring.operations(configFile());
      try {
        return await act(operations);
      } finally {
        await operations.close();
      }
    });
  addServices(program, (name) =>
    guarded(async () => {
      await wiring.services(configFile())[name]();
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

function addServices(program: Command, run: (name: keyof Services) => Promise<void>): void {
  program
    .command('up')
    .description('run everything on this machine: Temporal, worker, agent; restarts what dies')
    .action(() => run('up'));
  program
    .command('worker')
    .description('run a worker: workflows, exchanges, risk, market, reports')
    .action(() => run('worker'));
  program
    .command('agent')
    .description('run the agent of this host: detector, forensics, process control')
    .action(() => run('agent'));
}

function addKeyCommand(program: Command, guarded: (act: () => Promise<number>) => Promise<void>) {
  program
    .command('key')
    .description('keys of approvers')
    .command('new <file>')
    .description('make a key pair; prints the public key for the configuration')
    .action((file: string) =>
      guarded(async () => {
        const { publicKey } = createKeyFile(file);
        print(publicKey);
        say(`Private key in ${file}. Put the public key under approvers in the configuration.`);
        return EXIT.done;
      }),
    );
}

async function runGuarded(wiring: Wiring, act: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await act();
  } catch (error) {
    process.exitCode = explain(wiring, error);
  }
}

function explain(wiring: Wiring, error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  if (wiring.isConfigError(error) || error instanceof UsageError || error instanceof KeyError) {
    say(message);
    return EXIT.usage;
  }
  if (wiring.isUnreachable(error)) {
    say(`Temporal does not answer: ${message}. Is "relight up" running?`);
    return EXIT.unreachable;
  }
  say(`Failed: ${message}`);
  return EXIT.failed;
}
