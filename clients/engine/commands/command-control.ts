/**
 * The engine's control surface as the team's own commands, run without a shell (docs/commands.md). A command
 * prints JSON as the HTTP contract has it, or answers by its exit code; the epoch and the idempotency key of
 * a write come as variables.
 *
 * Invariant: a part without a command is absent, so that nobody takes it for one that fails.
 */
import type { EngineCapabilities, EngineControl, WriteStamp } from '../../../activities/ports.js';
import { failure } from '../../../workflows/failure.js';
import { FORMS, type CommandName } from './command-names.js';
import { countIn, figureIn, READINGS, readAnswer, readPositions } from './command-answers.js';
import { Ending, explained } from '../ending.js';
import { createEntryCommands } from './entry-commands.js';
import { launchEngine } from '../launch.js';
import type { TradingPlace } from './positions-answer.js';
import {
  runEngineCommand,
  type EngineCommand,
  type KnownInstance,
  type RunSettings,
} from './run-engine-command.js';

/** The arguments alone: it answers as most of its name do. */
type CommandSetting =
  | readonly string[]
  | (Pick<EngineCommand, 'argv'> & {
      answers?: EngineCommand['answers'];
      levels?: EngineCommand['levels'];
    });

type Commands = Partial<Record<CommandName, CommandSetting | undefined>>;

export interface CommandControlSettings extends RunSettings {
  /** Arguments may hold placeholders. What is left out is not offered. */
  commands: Commands;
  /** In place of the command `quickHealth`, where there is none. */
  health?: EngineControl['quickHealth'];
  /** The instance that was heard of last, by whoever watches; null where none was. */
  watched?: () => Promise<KnownInstance | null>;
  /** Where the engine trades: a symbol that is told without a venue is looked for there. */
  places?: readonly TradingPlace[];
}

export function createCommandControl(settings: CommandControlSettings): EngineControl {
  const runs = createRuns(settings);
  const read = async <Name extends keyof typeof READINGS>(name: Name) => {
    const command = runs.commandOf(name);
    const said = await runs.run(name, {}, null);
    return readAnswer(name, READINGS[name], { said, command });
  };
  const write = async (name: CommandName, values: Record<string, string>, stamp: WriteStamp) => {
    const { answer, words } = await runs.run(name, values, stamp);
    if (answer === 'no') throw failure('EngineRefused', `command ${name} says no: ${words}`);
  };
  const capabilities: EngineCapabilities = {
    comprehensiveHealth: () => read('comprehensiveHealth'),
    stateDigest: () => read('stateDigest'),
    state: () => read('state'),
    positions: async () => readPositions(await runs.run('state', {}, null), settings.places ?? []),
    riskLimits: () => read('riskLimits'),
    setLimits: (percent, stamp) => write('setLimits', { percent: String(percent) }, stamp),
    enableStrategies: (level, stamp) => write('enableStrategies', { level }, stamp),
    shutdown: (mode, stamp) => write('shutdown', { mode }, stamp),
    ...createEntryCommands({ ...runs, places: settings.places ?? [] }),
    openOrders: async () => countIn(await runs.run('openOrders', {}, null)),
    exposure: async () => figureIn(await runs.run('exposure', {}, null)),
  };
  const inPlace = settings.commands.quickHealth === undefined ? settings.health : undefined;
  const ending = new Ending();
  const control: EngineControl = {
    start: async ({ statePath, epoch, instanceId }) => {
      const values = { state: statePath, epoch, instance: instanceId };
      await launchEngine(settings.launch, values, ending);
      runs.started({ instanceId, epoch });
    },
    ending: async (instanceId) => ending.of(instanceId),
    quickHealth: inPlace ?? (() => read('quickHealth')),
    ...offeredOf(capabilities, settings.commands),
  };
  return explained(control, ending);
}

function createRuns(settings: CommandControlSettings) {
  const { commands, watched = async () => null } = settings;
  let last: KnownInstance | null = null;
  const commandOf = (name: CommandName) => asCommand(name, commands[name] ?? []);
  return {
    commandOf,
    started: (instance: KnownInstance) => void (last = instance),
    run: async (name: CommandName, values: Record<string, string>, stamp: WriteStamp | null) => {
      const seen = await watched().catch(() => null);
      const instance = newerOf(seen, last);
      return runEngineCommand(settings, {
        name,
        command: commandOf(name),
        values,
        instance,
        stamp,
      });
    },
  };
}

/** What was started last may not have been seen yet; a later one may have been started by another agent. */
function newerOf(seen: KnownInstance | null, started: KnownInstance | null): KnownInstance | null {
  if (seen === null || started === null) return started ?? seen;
  return seen.epoch > started.epoch ? seen : started;
}

function asCommand(name: CommandName, setting: CommandSetting): EngineCommand {
  const [usual] = FORMS[name];
  if (!('argv' in setting)) return { argv: setting, answers: usual, levels: {} };
  const { argv, answers = usual, levels = {} } = setting;
  return { argv, answers, levels };
}

function offeredOf(all: EngineCapabilities, commands: Commands): Partial<EngineControl> {
  const { state } = commands;
  const tellsPositions = state !== undefined && asCommand('state', state).answers === 'positions';
  const isOffered = (name: string) => {
    if (name === 'positions') return tellsPositions;
    if (name === 'state' && tellsPositions) return false;
    return commands[name as CommandName] !== undefined;
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => isOffered(name)));
}
