/**
 * Starting an engine process that outlives whoever started it: own session, own log file, core
 * dumps on, and the variables by which its process is found again.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';
import { failure } from '../../workflows/failure.js';
import { ENGINE_VARIABLE, INSTANCE_VARIABLE } from '../host/process-table.js';

export interface LaunchSettings {
  engineId: string;
  /** Arguments may hold `{state}`, `{epoch}` and `{instance}`. */
  start: readonly string[];
  workingFolder: string;
  logFile: string;
  environment: Record<string, string>;
}

/** `ulimit` is the shell's; the arguments are passed as such and never read by it. */
const WITH_CORES = ['/bin/sh', '-c', 'ulimit -c unlimited; exec "$@"', 'relight-launch'] as const;

export async function launchEngine(
  settings: LaunchSettings,
  values: { state: string; epoch: number; instance: string },
): Promise<number> {
  const args = settings.start.map((arg) => fillIn(arg, { ...values, epoch: String(values.epoch) }));
  mkdirSync(settings.workingFolder, { recursive: true });
  mkdirSync(dirname(settings.logFile), { recursive: true });
  const log = openSync(settings.logFile, 'a');
  try {
    const child = spawn(WITH_CORES[0], [...WITH_CORES.slice(1), ...args], {
      cwd: settings.workingFolder,
      detached: true,
      stdio: ['ignore', log, log],
      env: {
        ...settings.environment,
        [ENGINE_VARIABLE]: settings.engineId,
        [INSTANCE_VARIABLE]: values.instance,
      },
    });
    const pid = await spawned(child);
    child.unref();
    return pid;
  } finally {
    closeSync(log);
  }
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
