/**
 * The one way to run a command of the system: without a shell, bounded in time and in output, and
 * never failing by itself: what went wrong is part of the outcome.
 *
 * Invariants: a command has a process group of its own, and when its time is over the whole group is
 * killed, children too; the outcome comes then, also where the kernel cannot end a process (one that
 * waits for a dead mount). A pipe that has had enough is closed at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Result, ResultPromise } from 'execa';

export interface CommandOptions {
  timeoutMs: number;
  /** Characters of standard output; more is a failure. */
  largestOutput?: number;
  /** The whole environment of the command; where it is absent, ours. */
  environment?: Record<string, string>;
  /** Who runs it; where absent, we ourselves. */
  user?: { uid: number; gid: number };
}

export interface CommandFailure {
  ok: false;
  /** What it printed before it failed. */
  stdout: string;
  reason: 'not_installed' | 'not_started' | 'took_too_long' | 'too_much_output' | 'failed';
  /** Null where it did not end by itself. */
  exitCode: number | null;
  /** In one line; may quote what the command said, which may hold a secret of its own. */
  why: string;
}

export type CommandOutcome = { ok: true; stdout: string } | CommandFailure;

/** A backtrace of many threads, not a database. */
const LARGEST_OUTPUT = 32 * 1024 * 1024;
const LARGEST_WHY = 200;
/** For what a killed group has printed to arrive; nothing is waited for beyond it. */
const LAST_OUTPUT_MS = 200;

export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandOutcome> {
  // Loaded by whoever runs a command: the command line starts quicker without it.
  const { execa } = await import('execa');
  const running = execa(command, args, settingsOf(options));
  const forget = killWithUs(running.pid);
  try {
    const result = await within(options.timeoutMs, running);
    if (result === null) return await giveUp(command, running);
    if (result.isMaxBuffer) killGroup(running.pid);
    return outcomeOf(command, result);
  } finally {
    forget();
  }
}

function settingsOf({ largestOutput = LARGEST_OUTPUT, environment, user }: CommandOptions) {
  return {
    reject: false,
    stdin: 'ignore', // a command that asks a question gets an end of file, not our silence
    stripFinalNewline: false,
    detached: true, // a group of its own, which can be killed whole
    maxBuffer: largestOutput,
    env: environment ?? {},
    extendEnv: environment === undefined,
    ...user,
  } as const;
}

type Running = ResultPromise<ReturnType<typeof settingsOf>>;
type Ended = Result<ReturnType<typeof settingsOf>>;

/** Null where it has not ended by then. */
async function within(limitMs: number, running: Running): Promise<Ended | null> {
  const timer = new AbortController();
  const { signal } = timer;
  const late = sleep(limitMs, null, { signal }).catch(() => null);
  try {
    return await Promise.race([running, late]);
  } finally {
    timer.abort();
  }
}

async function giveUp(command: string, running: Running): Promise<CommandOutcome> {
  killGroup(running.pid);
  const result = await within(LAST_OUTPUT_MS, running);
  if (result === null) {
    running.stdout.destroy();
    running.stderr.destroy();
    running.unref();
  }
  if (result?.isMaxBuffer === true) return outcomeOf(command, result);
  const why = `${command} took too long`;
  return { ...FAILED, stdout: result?.stdout ?? '', reason: 'took_too_long', why };
}

const FAILED = { ok: false, exitCode: null } as const;

function outcomeOf(command: string, result: Ended): CommandOutcome {
  const { stdout, code } = result;
  if (!result.failed) return { ok: true, stdout };
  if (code === 'ENOENT') {
    return { ...FAILED, stdout, reason: 'not_installed', why: `${command} is not installed` };
  }
  if (result.isMaxBuffer) {
    return { ...FAILED, stdout, reason: 'too_much_output', why: `${command} printed too much` };
  }
  return ended(command, result);
}

function ended(command: string, result: Ended): CommandFailure {
  const { stdout, stderr, exitCode, signal, code = 'no reason given' } = result;
  if (exitCode === undefined && signal === undefined) {
    const why = `${command} cannot be started (${code})`;
    return { ...FAILED, stdout, reason: 'not_started', why };
  }
  const ending = signal ?? `exit code ${exitCode}`;
  const said = stderr.trim().split('\n')[0] ?? '';
  const why = `${command}: ${said === '' ? ending : said}`.slice(0, LARGEST_WHY);
  return { ok: false, stdout, reason: 'failed', exitCode: exitCode ?? null, why };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL'); // a command may ignore anything milder
  } catch {
    // Nobody of the group is left: what was wanted.
  }
}

/** A group of its own does not hear what ends ours. */
function killWithUs(pid: number | undefined): () => void {
  const kill = () => killGroup(pid);
  process.once('exit', kill);
  return () => process.off('exit', kill);
}
