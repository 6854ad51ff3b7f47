/**
 * The engine's control surface as the team's own commands, run without a shell. A command prints
 * JSON as the HTTP contract has it; the epoch and the idempotency key come as variables.
 */
import { execFile } from 'node:child_process';
import type { z } from 'zod';
import type { EngineControl, WriteStamp } from '../../activities/ports.js';
import {
  ComprehensiveHealth,
  EngineStateAnswer,
  QuickHealth,
  RiskLimits,
  StateDigest,
} from '../../workflows/domain/engine/control.js';
import { failure } from '../../workflows/failure.js';
import type { CommandName } from './command-names.js';
import { fillIn, launchEngine, type LaunchSettings } from './launch.js';

export interface CommandControlSettings {
  /** Arguments may hold `{percent}`, `{level}` and `{mode}`. */
  commands: Record<CommandName, readonly string[]>;
  timeoutMs: number;
  launch: LaunchSettings;
}

const LARGEST_OUTPUT = 256 * 1024 * 1024;
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
  return {
    start: async ({ statePath, epoch, instanceId }) => {
      await launchEngine(settings.launch, { state: statePath, epoch, instance: instanceId });
    },
    quickHealth: () => read('quickHealth', QuickHealth),
    comprehensiveHealth: () => read('comprehensiveHealth', ComprehensiveHealth),
    stateDigest: () => read('stateDigest', StateDigest),
    state: () => read('state', EngineStateAnswer),
    riskLimits: () => read('riskLimits', RiskLimits),
    setLimits: (percent, stamp) => write('setLimits', { percent: String(percent) }, stamp),
    enableStrategies: (level, stamp) => write('enableStrategies', { level }, stamp),
    shutdown: (mode, stamp) => write('shutdown', { mode }, stamp),
  };
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
  const [command, ...args] = settings.commands[name].map((arg) => fillIn(arg, values));
  const variables =
    stamp === undefined
      ? {}
      : { RELIGHT_EPOCH: String(stamp.epoch), RELIGHT_IDEMPOTENCY_KEY: stamp.idempotencyKey };
  const options = {
    timeout: settings.timeoutMs,
    maxBuffer: LARGEST_OUTPUT,
    killSignal: 'SIGKILL' as const, // a command may ignore anything milder
    env: { ...settings.launch.environment, ...variables },
  };
  return new Promise((resolve, reject) => {
    execFile(command ?? '', args, options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(explain(name, error));
    });
  });
}

function explain(name: CommandName, error: Error & { code?: unknown; killed?: boolean }) {
  if (error.code === EXIT_STALE_EPOCH) return failure('StaleEpoch', `command ${name}: stale epoch`);
  if (error.killed === true) return failure('EngineUnreachable', `command ${name} took too long`);
  return failure('EngineUnreachable', `command ${name} failed with ${String(error.code)}`);
}

function parseJson(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return null;
  }
}
