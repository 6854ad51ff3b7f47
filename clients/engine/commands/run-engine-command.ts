/**
 * One run of a team's own command for an engine: in its folder, as its user, without a shell, with what is
 * known of the instance as arguments and variables.
 *
 * Invariants: no variable marks the command as a process of the engine, which would be ended as a leftover;
 * nothing is told of what it printed but its last line, without secrets.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { failure } from '../../../workflows/failure.js';
import type { WriteStamp } from '../../../activities/ports.js';
import { answers } from '../../host/answering.js';
import { runCommand, type CommandFailure, type CommandOutcome } from '../../host/run-command.js';
import { EPOCH_VARIABLE } from '../../host/process-table.js';
import { LARGEST } from '../bounded-body.js';
import type { AnswerForm, CommandName } from './command-names.js';
import { engineUserOf } from '../engine-user.js';
import { fillIn, type LaunchSettings } from '../launch.js';
import { lastWords, secretsIn } from '../words.js';

/** As it is configured. */
export interface EngineCommand {
  argv: readonly string[];
  answers: AnswerForm;
  /** Of `enableStrategies`: other arguments for some levels. */
  levels: Readonly<Partial<Record<string, readonly string[]>>>;
}

export interface KnownInstance {
  instanceId: string;
  epoch: number;
}

export interface CommandRun {
  name: CommandName;
  command: EngineCommand;
  values: Readonly<Record<string, string>>;
  /** Null where nothing is known. */
  instance: KnownInstance | null;
  stamp: WriteStamp | null;
}

export interface RunSettings {
  timeoutMs: number;
  launch: LaunchSettings;
  /** What no text may show, besides the secrets of its environment. */
  secrets?: () => readonly string[];
}

/** `no`: by its exit code, where that is its answer. */
export interface CommandSaid {
  answer: 'yes' | 'no';
  exitCode: number;
  stdout: string;
  /** Its last line; empty where it said nothing. */
  words: string;
}

/** What a script knows the engine by. None of them is a variable by which an engine is found. */
const FOR_ENGINE = 'RELIGHT_FOR_ENGINE';
const FOR_INSTANCE = 'RELIGHT_FOR_INSTANCE';
const FOR_EPOCH = 'RELIGHT_FOR_EPOCH';
const IDEMPOTENCY_KEY = 'RELIGHT_IDEMPOTENCY_KEY';

/** By convention of sysexits.h: the caller's epoch is too old to act. */
const EXIT_STALE_EPOCH = 77;
/** The others are the shell's, of a program that is not there or cannot be run: nobody has looked at the engine. */
const NO_ANSWERS: readonly number[] = [EXIT_STALE_EPOCH, 126, 127];
/** As long as the answers over HTTP; what is not named is short. */
const OUTPUT_OF: Partial<Record<CommandName, keyof typeof LARGEST>> = {
  comprehensiveHealth: 'list',
  riskLimits: 'list',
  state: 'state',
};

/** What its program is called. */
export function programOf({ argv }: EngineCommand): string {
  return basename(argv[0] ?? '');
}

export async function runEngineCommand(
  settings: RunSettings,
  run: CommandRun,
): Promise<CommandSaid> {
  const { name, command } = run;
  const outcome = await outcomeOf(settings, run);
  const words = wordsOf(outcome, command, settings);
  if (outcome.ok) return { answer: 'yes', exitCode: 0, stdout: outcome.stdout, words };
  const { exitCode } = outcome;
  if (command.answers === 'exit' && exitCode !== null && !NO_ANSWERS.includes(exitCode)) {
    return { answer: 'no', exitCode, stdout: '', words: words || `exit code ${exitCode}` };
  }
  throw refusalOf(name, outcome, words);
}

async function outcomeOf(
  { launch, timeoutMs }: RunSettings,
  run: CommandRun,
): Promise<CommandOutcome> {
  const { name, command } = run;
  const [program = '', ...args] = argvOf(run);
  const user = otherUserOf(launch);
  return runCommand(program, args, {
    timeoutMs,
    folder: await folderFor(launch.workingFolder),
    // Words have no bound of their own: the last of them are kept.
    kept: command.answers === 'exit' ? 'end' : 'start',
    largestOutput: LARGEST[OUTPUT_OF[name] ?? 'short'],
    environment: { ...launch.environment, ...variablesOf(launch.engineId, run) },
    ...(user === null ? {} : { user: { uid: user.uid, gid: user.gid } }),
  });
}

/** A stop waits for no disk, and needs no folder that is made: where there is none, it runs all the same. */
async function folderFor(workingFolder: string): Promise<string> {
  return (await answers(workingFolder)) && existsSync(workingFolder) ? workingFolder : '/';
}

function argvOf({ command, values, instance, stamp }: CommandRun): string[] {
  const argv = command.levels[values['level'] ?? ''] ?? command.argv;
  const epoch = stamp?.epoch ?? instance?.epoch;
  const known = { instance: instance?.instanceId ?? '', epoch: String(epoch ?? '') };
  return argv.map((arg) => fillIn(arg, { ...known, ...values }));
}

function variablesOf(engineId: string, { instance, stamp }: CommandRun): Record<string, string> {
  return {
    [FOR_ENGINE]: engineId,
    ...(instance !== null && {
      [FOR_INSTANCE]: instance.instanceId,
      [FOR_EPOCH]: String(instance.epoch),
    }),
    ...(stamp !== null && {
      [EPOCH_VARIABLE]: String(stamp.epoch),
      [IDEMPOTENCY_KEY]: stamp.idempotencyKey,
    }),
  };
}

/** What the engine's user may change must not run as root; anybody else runs it as themselves. */
function otherUserOf({ engineId, user }: LaunchSettings) {
  return process.getuid?.() === 0 ? engineUserOf(engineId, user ?? null) : null;
}

/** What is wrong stands on standard error. Of JSON nothing is told: it is no word for people. */
function wordsOf(
  outcome: CommandOutcome,
  { answers }: EngineCommand,
  { launch, secrets = () => [] }: RunSettings,
): string {
  const { stderr, stdout } = outcome;
  const printed = answers === 'exit' ? [stdout] : [];
  const texts = outcome.ok ? [...printed, stderr] : [stderr, ...printed];
  if (texts.every((text) => text.trim() === '')) return '';
  return lastWords(texts, [...secretsIn(launch.environment), ...secrets()]);
}

function refusalOf(name: CommandName, { reason, exitCode }: CommandFailure, words: string) {
  const said = words === '' ? '' : `: ${words}`;
  if (exitCode === EXIT_STALE_EPOCH) {
    return failure('StaleEpoch', `command ${name}: stale epoch${said}`);
  }
  const how = exitCode === null ? WAYS_TO_FAIL[reason] : `failed with ${exitCode}`;
  return failure('EngineUnreachable', `command ${name} ${how}${said}`);
}

const WAYS_TO_FAIL: Record<CommandFailure['reason'], string> = {
  not_installed: 'does not exist',
  not_started: 'cannot be started',
  took_too_long: 'took too long',
  too_much_output: 'printed too much',
  failed: 'was ended by a signal',
};
