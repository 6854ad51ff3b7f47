/** Processes of the sandbox world, each with its own log file, in groups of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Part {
  pid: number;
  process: ChildProcess;
  /** SIGTERM, then SIGKILL for one that does not go. */
  stop(): Promise<void>;
}

const STOP_WAIT_MS = 20_000;

/** Output goes to the log file; with `firstLine`, stdout is read for one JSON line. */
export function startPart(
  argv: readonly [string, ...string[]],
  logFile: string,
  options: { env?: Record<string, string>; pipeStdout?: boolean } = {},
): Part {
  const log = openSync(logFile, 'a');
  const child = spawn(argv[0], argv.slice(1), {
    detached: true,
    stdio: ['ignore', options.pipeStdout === true ? 'pipe' : log, log],
    env: { ...process.env, ...options.env },
  });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error(`${argv[0]} could not be started`);
  return { pid: child.pid, process: child, stop: () => stopChild(child) };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.ref();
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WAIT_MS);
  await exited;
  clearTimeout(timer);
}

export async function firstJsonLine<T>(part: Part): Promise<T> {
  const { stdout } = part.process;
  if (stdout === null) throw new Error('stdout of the part is not piped');
  const lines = createInterface({ input: stdout });
  for await (const line of lines) {
    lines.close();
    return JSON.parse(line) as T;
  }
  throw new Error('the part ended before it was ready');
}

/** Asks until the answer is there; the bound turns a hang into a sentence. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null>,
  { boundMs = 120_000, everyMs = 50 }: { boundMs?: number; everyMs?: number } = {},
): Promise<T> {
  const deadlineMs = Date.now() + boundMs;
  let last = '';
  while (Date.now() < deadlineMs) {
    const seen = await look().catch((error: unknown) => {
      last = error instanceof Error ? `: ${error.message}` : '';
      return null;
    });
    if (seen !== null) return seen;
    await sleep(everyMs);
  }
  throw new Error(`Waited ${boundMs / 1000} s in vain until ${what}${last}`);
}
