/**
 * Starting an engine process that outlives whoever started it: own session, own log file, core
 * dumps on, and the variables by which its process is found again; of our environment, nothing else.
 *
 * Invariant: where it has a user of its own, it is that user from its first instruction, in no other
 * group; the state that it boots from stays ours, and it may read it.
 */
import { spawn } from 'node:child_process';
import { chownSync, closeSync, constants, fchownSync, fstatSync, lchownSync } from 'node:fs';
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { failure } from '../../workflows/failure.js';
import { ENGINE_VARIABLE, EPOCH_VARIABLE, INSTANCE_VARIABLE } from '../host/process-table.js';
import type { Ending } from './ending.js';
import { engineUserOf, type EngineUser, type UserSetting } from './engine-user.js';

export interface LaunchSettings {
  engineId: string;
  /** Arguments may hold `{state}`, `{epoch}` and `{instance}`. */
  start: readonly string[];
  workingFolder: string;
  logFile: string;
  environment: Record<string, string>;
  /** Null or absent: as whoever starts it. */
  user?: UserSetting | null;
}

/** `ulimit` is the shell's; the arguments are passed as such and never read by it. */
const WITH_CORES = ['/bin/sh', '-c', 'ulimit -c unlimited; exec "$@"', 'relight-launch'] as const;

export async function launchEngine(
  settings: LaunchSettings,
  values: { state: string; epoch: number; instance: string },
  ending: Ending,
): Promise<number> {
  const args = settings.start.map((arg) => fillIn(arg, { ...values, epoch: String(values.epoch) }));
  const user = engineUserOf(settings.engineId, settings.user ?? null);
  makeFolderOf(settings.workingFolder, user);
  makeFolderOf(dirname(settings.logFile), user);
  if (user !== null) lchownSync(values.state, process.getuid?.() ?? 0, user.gid);
  const log = openLog(settings.logFile, user);
  const fromByte = fstatSync(log).size;
  try {
    const child = spawn(WITH_CORES[0], [...WITH_CORES.slice(1), ...args], {
      cwd: settings.workingFolder,
      detached: true,
      stdio: ['ignore', log, log],
      ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
      env: {
        ...(user === null ? {} : { HOME: user.home, USER: user.name, LOGNAME: user.name }),
        ...settings.environment,
        [ENGINE_VARIABLE]: settings.engineId,
        [INSTANCE_VARIABLE]: values.instance,
        [EPOCH_VARIABLE]: String(values.epoch),
      },
    });
    const { logFile, environment } = settings;
    const secrets = Object.values(environment);
    ending.follow(child, { instance: values.instance, logFile, fromByte, secrets });
    const pid = await spawned(child);
    child.unref();
    return pid;
  } finally {
    closeSync(log);
  }
}

/** One that is there keeps its owner. */
export function makeFolderOf(path: string, user: EngineUser | null): void {
  const made = mkdirSync(path, { recursive: true });
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

async function spawned(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(failure('EngineUnreachable', `the engine could not be started: ${error.message}`)),
    );
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
}
