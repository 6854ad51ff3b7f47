/** `relight hold`, `release`, `abort`, `retry`, `recover`, `failover`, and of a ramp `step-down`, `pause`, `continue`. */
import { InvalidArgumentError, type Command } from 'commander';
import type { DecideOptions } from '../actions/decide.js';
import type { SteerOptions } from '../actions/steer.js';
import { KEY_OPTION, SIGNER_OPTION, SSH_KEY_OPTION, type WithOperations } from './command.js';

/** `stops`: it starts nothing, and must not wait until the rest of a configuration is put right. */
const COMMANDS = {
  hold: {
    target: '<engine>',
    does: 'recover from no crash of the engine until it is released',
    stops: true,
  },
  release: {
    target: '<engine>',
    does: 'end a hold; what crashed during it is recovered from',
    stops: false,
  },
  abort: {
    target: '<incident>',
    does: 'end a recovery: its engine is stopped, people are told',
    stops: true,
  },
  retry: {
    target: '<incident>',
    does: 'begin the recovery of the last incident anew',
    stops: false,
  },
  recover: {
    target: '<engine>',
    does: 'recover an engine that died and that nobody reported',
    stops: false,
  },
} as const;

function signed(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why (required); people are told')
    .requiredOption(...SIGNER_OPTION)
    .option(...KEY_OPTION)
    .option(...SSH_KEY_OPTION)
    .option('--json', 'print JSON');
}

export function addSteeringCommands(program: Command, withOperations: WithOperations): void {
  for (const [name, { target, does, stops }] of Object.entries(COMMANDS)) {
    const command = name as keyof typeof COMMANDS;
    signed(
      program.command(`${command} ${target}`).description(`${does}; with your signature`),
    ).action((named: string, options: SteerOptions) =>
      withOperations(
        async (operations) => {
          const { steer } = await import('../actions/steer.js');
          return steer(operations, options, async (words) =>
            operations.toInstruct({ command, target: named, ...words }),
          );
        },
        { toStop: stops },
      ),
    );
  }
  addFailOver(program, withOperations);
  addRampCommands(program, withOperations);
}

interface FailOverOptions extends SteerOptions {
  to: string;
  from?: string;
  machineOff?: boolean;
}

function addFailOver(program: Command, withOperations: WithOperations): void {
  signed(
    program
      .command('failover <engine>')
      .description('bring an engine to another host, and recover it there; with your signature')
      .requiredOption('--to <host>', 'where its file says that it lives from now on (required)')
      .option('--from <host>', 'where it was; needed where its guardian does not know')
      .option('--machine-off', 'you state that the old machine is off, or fenced, and stays so'),
  ).action((engineId: string, options: FailOverOptions) =>
    withOperations(async (operations) => {
      const { steer } = await import('../actions/steer.js');
      const { to, from = null, machineOff = false } = options;
      return steer(operations, options, async (words) =>
        operations.toFailOver({ engineId, to, from, machineOff, ...words }),
      );
    }),
  );
}

/** Down and staying never ask; going up does. */
function addRampCommands(program: Command, withOperations: WithOperations): void {
  const lowering = (command: Command, name: 'pause' | 'step_down') =>
    signed(command).action((target: string, options: SteerOptions & { to?: number }) =>
      withOperations(
        async (operations) => {
          const { steer } = await import('../actions/steer.js');
          const { to } = options;
          const lower = to === undefined ? {} : { percent: to };
          return steer(operations, options, async (words) =>
            operations.toSteer({ command: name, target, ...lower, ...words }),
          );
        },
        { toStop: true },
      ),
    );
  lowering(
    program
      .command('step-down <engine>')
      .description(
        'lower the limits of a ramp at once, and have it stay there; with your signature',
      )
      .option('--to <percent>', 'of the limits; default: the stage below', percentIn),
    'step_down',
  );
  lowering(
    program
      .command('pause <engine>')
      .description('have a ramp stay where it is; with your signature'),
    'pause',
  );
  signed(
    program
      .command('continue <engine>')
      .description('have a ramp that was paused go on by its own rules; with your signature')
      .option('--evidence <hash>', 'what you saw: the hash or the check code of its question'),
  ).action((engineId: string, options: DecideOptions) =>
    withOperations(async (operations) => {
      const { continueRamp } = await import('../actions/manual/continue-ramp.js');
      return continueRamp(operations, engineId, options);
    }),
  );
}

function percentIn(text: string): number {
  const percent = Number(text);
  if (Number.isInteger(percent) && percent >= 1 && percent <= 99) return percent;
  throw new InvalidArgumentError('Write a whole number from 1 to 99.');
}
