/**
 * Starting an engine process that outlives whoever started it: own session, own log file, core
 * dumps on, and the variables by which its process is found again; of our environment, nothing else.
 *
 * Invariants: where it has a user of its own, it is that user from its first instruction, in no other
 * group; the state that it boots from stays ours, and it may read it; a command that starts it and returns
 * has failed where it says so or does not return, and nothing of it is left then.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, closeSync, constants, fchownSync, fstatSync, lchownSync } from 'node:fs';
import { mkdirSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../workflows/failure.js';
import { writtenIn } from '../files/writing.js';
import { INSTALLATION_VARIABLE } from '../host/installation.js';
import { ENGINE_VARIABLE, EPOCH_VARIABLE, INSTANCE_VARIABLE } from '../host/process-table.js';
import { lastLine, type Ending, type Launched } from './ending.js';
import { engineUserOf, type EngineUser, type UserSetting } from './engine-user.js';
import { secretsIn } from './words.js';

export interface LaunchSettings {
  engineId: string;
  /** Arguments may hold `{state}`, `{epoch}` and `{instance}`. Null: a person starts it. */
  start: readonly string[] | null;
  /**
   * Within which a command that only starts the engine returns; what it leaves is the engine, known by the
   * variables that it was started with. Absent: the command is the engine itself.
   */
  returnsWithinMs?: number | undefined;
  workingFolder: string;
  /** Null where it is started by nobody here. */
  logFile: string | null;
  environment: Record<string, string>;
  /** Null or absent: as whoever starts it. */
  user?: UserSetting | null;
  /** Its mark; absent: none. */
  installation?: () => Promise<string>;
}

/** `ulimit` is the shell's; the arguments are passed as such and never read by it. */
const WITH_CORES = ['/bin/sh', '-c', 'ulimit -c unlimited; exec "$@"', 'relight-launch'] as const;

interface LaunchValues {
  state: string;
  epoch: number;
  instance: string;
}

export async function launchEngine(
  given: LaunchSettings,
  values: LaunchValues,
  ending: Ending,
): Promise<void> {
  const settings = startable(given);
  const user = engineUserOf(settings.engineId, settings.user ?? null);
  makeFolderOf(settings.workingFolder, user);
  makeFolderOf(dirname(settings.logFile), user);
  if (user !== null) lchownSync(values.state, process.getuid?.() ?? 0, user.gid);
  const environment = await environmentOf(settings, values, user);
  const { logFile } = settings;
  const log = writtenIn(dirname(logFile), () => openLog(logFile, user));
  try {
    const launched = {
      instance: values.instance,
      logFile,
      fromByte: fstatSync(log).size,
      secrets: secretsIn(settings.environment),
    };
    const child = spawnLogged(settings, values, { user, environment, log });
    if (settings.returnsWithinMs === undefined) ending.follow(child, launched);
    await spawned(child);
    child.unref();
    if (settings.returnsWithinMs !== undefined) {
      await returned(child, settings.returnsWithinMs, launched);
      ending.left(launched);
    }
  } finally {
    closeSync(log);
  }
}

type Startable = LaunchSettings & { start: readonly string[]; logFile: string };

function startable(settings: LaunchSettings): Startable {
  const { engineId, start, logFile } = settings;
  if (start !== null && logFile !== null) return { ...settings, start, logFile };
  throw failure(
    'EngineRefused',
    `${engineId} has no control.start and control.logFile: a person starts it`,
  );
}

interface Surroundings {
  user: EngineUser | null;
  environment: Record<string, string>;
  log: number;
}

function spawnLogged(
  { start, workingFolder }: Startable,
  values: LaunchValues,
  { user, environment, log }: Surroundings,
): ChildProcess {
  const args = start.map((arg) => fillIn(arg, { ...values, epoch: String(values.epoch) }));
  return spawn(WITH_CORES[0], [...WITH_CORES.slice(1), ...args], {
    cwd: workingFolder,
    detached: true,
    stdio: ['ignore', log, log],
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
    env: environment,
  });
}

async function environmentOf(
  { engineId, environment, installation }: LaunchSettings,
  { instance, epoch }: LaunchValues,
  user: EngineUser | null,
): Promise<Record<string, string>> {
  const mark = await installation?.();
  return {
    ...(user === null ? {} : { HOME: user.home, USER: user.name, LOGNAME: user.name }),
    ...environment,
    [ENGINE_VARIABLE]: engineId,
    [INSTANCE_VARIABLE]: instance,
    [EPOCH_VARIABLE]: String(epoch),
    ...(mark === undefined ? {} : { [INSTALLATION_VARIABLE]: mark }),
  };
}

/** What it leaves writes to the log, not to a pipe of ours: only its own end is waited for. */
async function returned(child: ChildProcess, withinMs: number, launched: Launched): Promise<void> {
  const timer = new AbortController();
  const exit = once(child, 'exit', { signal: timer.signal }) as Promise<[number | null, string]>;
  const late = sleep(withinMs, null, { signal: timer.signal });
  const ended = await Promise.race([exit, late]).finally(() => timer.abort());
  if (ended?.[0] === 0) return;
  killGroupOf(child); // half of a start is none
  const how = ended === null ? `did not return within ${withinMs} ms` : endWords(...ended);
  const line = await lastLine(launched).catch(() => null);
  const said = line === null ? '' : `: ${line}`;
  throw failure('EngineDied', `the start command of ${launched.instance} ${how}${said}`);
}

function endWords(code: number | null, signal: string): string {
  return code === null ? `was ended by ${signal}` : `failed with ${code}`;
}

function killGroupOf({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

/** One that is there keeps its owner. */
export function makeFolderOf(path: string, user: EngineUser | null): void {
  const made = writtenIn(path, () => mkdirSync(path, { recursive: true }));
  if (made !== undefined && user !== null) chownSync(path, user.uid, user.gid);
}

/** In a folder that another user may write to, a name may lead anywhere, or to a pipe. */
function openLog(path: string, user: EngineUser | null): number {
  if (user === null) return openSync(path, 'a');
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const log = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o640);
  const { nlink } = fstatSync(log);
  if (!fstatSync(log).isFile() || nlink > 1) {
    closeSync(log);
    throw failure('ConfigurationInvalid', `${path} is no file of its own: name another logFile`);
  }
  fchownSync(log, process.getuid?.() ?? 0, user.gid);
  return log;
}

export function fillIn(arg: string, values: Record<string, string>): string {
  return arg.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

async function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(failure('EngineUnreachable', `the engine could not be started: ${error.message}`)),
    );
    child.once('spawn', () => resolve());
  });
}
