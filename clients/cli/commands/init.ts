/** `relight init`: before there is a configuration. */
import type { Command } from 'commander';
import type { InitOptions } from '../actions/init/options.js';
import type { Beginning } from '../answers/init.js';

type WithBeginning = (
  act: (beginning: Beginning, configFile: string | undefined) => Promise<number>,
) => Promise<void>;

const several = (value: string, before: string[] = []): string[] => [...before, value];

export function addInitCommand(program: Command, withBeginning: WithBeginning): void {
  program
    .command('init')
    .description('write a first configuration: asks at a terminal, or takes all by flags')
    .option('--yes', 'ask nothing: what no flag says has its default')
    .option('--engine <id>', 'name of the engine')
    .option('--find <text>', 'part of the command line of the engine that runs now')
    .option('--pid-file <file>', 'it is known by its pid file')
    .option('--unit <unit>', 'it is known by its service of systemd')
    .option('--match <pattern>', 'it is known by its command line, as with pgrep -f')
    .option('--venue <name>', 'an exchange, as ccxt names it; again for each', several)
    .option('--url <venue=url>', 'in place of the exchange: a sandbox, a gateway', several)
    .option('--instruments <venue=list>', 'VENUE=BTC/USDT,ETH/USDT: its symbols', several)
    .option(
      '--keys <venue=key,secret>',
      'names of environment variables, or files, with key and secret',
      several,
    )
    .option('--prefix <text>', 'how the client order ids of its orders begin')
    .option('--scripts <folder>', 'steered by scripts that are named as those of the procedure')
    .option('--program <file>', 'steered by one program; the command is its first argument')
    .option('--control-url <url>', 'steered over HTTP')
    .option('--start <command>', 'starts it without trading, words with blanks between')
    .option('--start-returns', 'that command returns, and what it leaves is the engine')
    .option('--working-folder <folder>', 'where it and its commands run')
    .option('--executable <file>', 'the program of the engine, for backtraces')
    .option('--approver <name>', 'who answers the questions of a recovery')
    .option('--approver-key <file>', 'where the key that is made for that person goes')
    .option('--ssh-public-key <file>', 'the .pub file of that person, in place of a new key')
    .action((options: InitOptions) =>
      withBeginning(async (beginning, configFile) => {
        const { init } = await import('../actions/init/index.js');
        return init(beginning, configFile, options);
      }),
    );
}
