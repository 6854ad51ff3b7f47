/**
 * The engine's control surface as the team's own commands, run without a shell. A command prints
 * JSON as the HTTP contract has it; the epoch and the idempotency key come as variables.
 */
import type { z } from 'zod';
import type { EngineCapabilities, EngineControl, WriteStamp } from '../../activities/ports.js';
import {
  ComprehensiveHealth,
  EngineStateAnswer,
  QuickHealth,
  RiskLimits,
  StateDigest,
} from '../../workflows/domain/engine/control.js';
import { failure } from '../../workflows/failure.js';
import { runCommand, type CommandFailure } from '../host/run-command.js';
import type { CommandName, NecessaryCommand, OptionalCommand } from './command-names.js';
import { engineUserOf } from './engine-user.js';
import { LARGEST } from './bounded-body.js';
import { Ending, explained } from './ending.js';
import { fillIn, launchEngine, type LaunchSettings } from './launch.js';

type Commands = Record<NecessaryCommand, readonly string[]> &
  Partial<Record<OptionalCommand, readonly string[]>>;

export interface CommandControlSettings {
  /** Arguments may hold `{percent}`, `{level}` and `{mode}`. What is left out is not offered. */
  commands: Commands;
  timeoutMs: number;
  launch: LaunchSettings;
}

/** As long as the answers over HTTP; what is not named is short. */
const OUTPUT_OF: Partial<Record<CommandName, keyof typeof LARGEST>> = {
  comprehensiveHealth: 'list',
  riskLimits: 'list',
  state: 'state',
};
/** By convention of sysexits.h: the caller's epoch is too old to act. */
const EXIT_STALE_EPOCH = 77;

export function createCommandControl(settings: CommandControlSettings): EngineControl {
  const read = async <T>(name: CommandName, schema: z.ZodType<T>): Promise<T> => {
    const parsed = schema.safeParse(parseJson(await run(settings, { name, values: {} })));
    if (parsed.success) return parsed.data;
    throw failure('EngineRefused', `command ${name} printed something outside its contract`);
  };
  const write = async (name: CommandName, values: Record<string, string>, stamp: WriteStamp) => {
    await run(settings, { name, values, stamp });
  };
  const capabilities: EngineCapabilities = {
    comprehensiveHealth: () => read('comprehensiveHealth', ComprehensiveHealth),
    stateDigest: () => read('stateDigest', StateDigest),
    state: () => read('state', EngineStateAnswer),
    riskLimits: () => read('riskLimits', RiskLimits),
    setLimits: (percent, stamp) => write('setLimits', { percent: String(percent) }, stamp),
    enableStrategies: (level, stamp) => write('enableStrategies', { level }, stamp),
  };
  const ending = new Ending();
  const control: EngineControl = {
    start: async ({ statePath, epoch, instanceId }) => {
      const values = { state: statePath, epoch, instance: instanceId };
      await launchEngine(settings.launch, values, ending);
    },
    ending: async (instanceId) => ending.of(instanceId),
    quickHealth: () => read('quickHealth', QuickHealth),
    shutdown: (mode, stamp) => write('shutdown', { mode }, stamp),
    ...configured(capabilities, settings.commands),
  };
  return explained(control, ending);
}

/** A part without a command is absent, so that nobody takes it for one that fails. */
function configured(all: EngineCapabilities, commands: Commands): Partial<EngineCapabilities> {
  const given: Partial<Record<string, readonly string[]>> = commands;
  const entries = Object.entries(all).filter(([name]) => given[name] !== undefined);
  return Object.fromEntries(entries) as Partial<EngineCapabilities>;
}

interface Call {
  name: CommandName;
  values: Record<string, string>;
  stamp?: WriteStamp;
}

async function run(
  settings: CommandControlSettings,
  { name, values, stamp }: Call,
): Promise<string> {
  const [command, ...args] = (settings.commands[name] ?? []).map((arg) => fillIn(arg, values));
  const variables =
    stamp === undefined
      ? {}
      : { RELIGHT_EPOCH: String(stamp.epoch), RELIGHT_IDEMPOTENCY_KEY: stamp.idempotencyKey };
  const outcome = await runCommand(command ?? '', args, {
    timeoutMs: settings.timeoutMs,
    largestOutput: LARGEST[OUTPUT_OF[name] ?? 'short'],
    environment: { ...settings.launch.environment, ...variables },
    ...userOf(settings.launch),
  });
  if (outcome.ok) return outcome.stdout;
  throw refusalOf(name, outcome);
}

/** What the engine's user may change must not run as root; anybody else runs it as themselves. */
function userOf({ engineId, user }: LaunchSettings) {
  const other = process.getuid?.() === 0 ? engineUserOf(engineId, user ?? null) : null;
  return other === null ? {} : { user: { uid: other.uid, gid: other.gid } };
}

/** Never with what the command said: it may hold a secret. */
function refusalOf(name: CommandName, { reason, exitCode }: CommandFailure) {
  if (exitCode === EXIT_STALE_EPOCH) return failure('StaleEpoch', `command ${name}: stale epoch`);
  const how = exitCode === null ? WAYS_TO_FAIL[reason] : `failed with ${exitCode}`;
  return failure('EngineUnreachable', `command ${name} ${how}`);
}

const WAYS_TO_FAIL: Record<CommandFailure['reason'], string> = {
  not_installed: 'does not exist',
  not_started: 'cannot be started',
  took_too_long: 'took too long',
  too_much_output: 'printed too much',
  failed: 'was ended by a signal',
};

function parseJson(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return null;
  }
}
