/**
 * The one way to run a command of the system: without a shell, bounded in time and in output, and
 * never failing by itself: what went wrong is part of the outcome.
 *
 * Invariants: a command has a process group of its own, and when its time is over the whole group is
 * killed, children too; the outcome comes then, also where the kernel cannot end a process (one that
 * waits for a dead mount). A command that has ended by itself is answered for at once, whoever it left
 * behind with its pipes, and that one is not killed. A pipe that has had enough is closed at once.
 */
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResultPromise } from 'execa';

/** `start`: what is beyond the bound is too much; `end`: all is taken, and its last part kept. */
type Kept = 'start' | 'end';

export interface CommandOptions {
  timeoutMs: number;
  /** Bytes of standard output. */
  largestOutput?: number;
  /** Of standard output; `start` where absent, and more is a failure. Of standard error the end is kept. */
  kept?: Kept;
  /** Where it runs; where absent, where we do. */
  folder?: string;
  /** The whole environment of the command; where it is absent, ours. */
  environment?: Record<string, string>;
  /** Who runs it; where absent, we ourselves. */
  user?: { uid: number; gid: number };
}

export interface CommandFailure {
  ok: false;
  /** What it printed before it failed. */
  stdout: string;
  stderr: string;
  reason: 'not_installed' | 'not_started' | 'took_too_long' | 'too_much_output' | 'failed';
  /** Null where it did not end by itself. */
  exitCode: number | null;
  /** In one line; may quote what the command said, which may hold a secret of its own. */
  why: string;
}

export type CommandOutcome = { ok: true; stdout: string; stderr: string } | CommandFailure;

/** A backtrace of many threads, not a database. */
const LARGEST_OUTPUT = 32 * 1024 * 1024;
const LARGEST_STDERR = 16 * 1024;
const LARGEST_WHY = 200;
/** For what a killed group, or a child that it left, has printed to arrive; nothing is waited for beyond it. */
const LAST_OUTPUT_MS = 200;

export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandOutcome> {
  // Loaded by whoever runs a command: the command line starts quicker without it.
  const { execa } = await import('execa');
  const running = execa(command, args, settingsOf(options));
  const said = listen(running, options);
  const forget = killWithUs(running.pid);
  try {
    const ended = await within(options.timeoutMs, [running, endedByItself(running)]);
    if (said.stdout.isTooMuch)
      return failed(said, 'too_much_output', `${command} printed too much`);
    return ended === null ? await giveUp(command, running, said) : outcomeOf(command, ended, said);
  } finally {
    forget();
  }
}

function settingsOf({ folder, environment, user }: CommandOptions) {
  return {
    reject: false,
    stdin: 'ignore', // a command that asks a question gets an end of file, not our silence
    buffer: false, // kept by us, as far as it may be long
    detached: true, // a group of its own, which can be killed whole
    env: environment ?? {},
    extendEnv: environment === undefined,
    ...(folder === undefined ? {} : { cwd: folder }),
    ...user,
  } as const;
}

type Running = ResultPromise<ReturnType<typeof settingsOf>>;
interface Ended {
  exitCode?: number | undefined;
  signal?: string | undefined;
  code?: string | undefined;
}

/** What it says on one of its pipes, as far as it is kept: never more than the bound. */
class Heard {
  readonly #parts: Buffer[] = [];
  #length = 0;
  readonly #most: number;
  readonly #kept: Kept;

  /** @param tooMuch called once, where what is kept from the start is full. */
  constructor(
    pipe: Readable,
    { most, kept, tooMuch }: { most: number; kept: Kept; tooMuch?: () => void },
  ) {
    this.#most = most;
    this.#kept = kept;
    pipe.on('data', (part: Buffer) => {
      const wasFull = this.isTooMuch;
      this.#take(part);
      if (!wasFull && this.isTooMuch) tooMuch?.();
    });
    pipe.on('error', () => undefined); // broken off by us
  }

  get isTooMuch(): boolean {
    return this.#kept === 'start' && this.#length > this.#most;
  }

  get text(): string {
    const all = Buffer.concat(this.#parts);
    const kept = this.#kept === 'start' ? all.subarray(0, this.#most) : all.subarray(-this.#most);
    return kept.toString();
  }

  #take(part: Buffer): void {
    if (this.isTooMuch) return;
    this.#parts.push(part);
    this.#length += part.length;
    while (this.#kept === 'end' && this.#length - (this.#parts[0]?.length ?? 0) >= this.#most) {
      this.#length -= this.#parts.shift()?.length ?? 0;
    }
  }
}

interface Said {
  stdout: Heard;
  stderr: Heard;
}

function listen(running: Running, { largestOutput = LARGEST_OUTPUT, kept }: CommandOptions): Said {
  const tooMuch = () => {
    killGroup(running.pid);
    running.stdout.destroy();
  };
  return {
    stdout: new Heard(running.stdout, { most: largestOutput, kept: kept ?? 'start', tooMuch }),
    stderr: new Heard(running.stderr, { most: LARGEST_STDERR, kept: 'end' }),
  };
}

/** Also where somebody whom it left holds its pipes open. */
async function endedByItself(running: Running): Promise<Ended> {
  const ended = await new Promise<Ended>((resolve) => {
    running.once('exit', (exitCode, signal) => {
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined });
    });
  });
  await sleep(LAST_OUTPUT_MS, undefined, { ref: false });
  letGo(running);
  return ended;
}

/** Null where none of them has come by then. */
async function within<T>(limitMs: number, coming: readonly Promise<T>[]): Promise<T | null> {
  const timer = new AbortController();
  const { signal } = timer;
  const late = sleep(limitMs, null, { signal }).catch(() => null);
  try {
    return await Promise.race([...coming, late]);
  } finally {
    timer.abort();
  }
}

async function giveUp(command: string, running: Running, said: Said): Promise<CommandOutcome> {
  killGroup(running.pid);
  if ((await within(LAST_OUTPUT_MS, [running])) === null) letGo(running);
  return failed(said, 'took_too_long', `${command} took too long`);
}

function letGo(running: Running): void {
  running.stdout.destroy();
  running.stderr.destroy();
  running.unref();
}

function failed(
  { stdout, stderr }: Said,
  reason: CommandFailure['reason'],
  why: string,
  exitCode: number | null = null,
): CommandFailure {
  return { ok: false, stdout: stdout.text, stderr: stderr.text, reason, exitCode, why };
}

function outcomeOf(command: string, ended: Ended, said: Said): CommandOutcome {
  const { exitCode, signal, code = 'no reason given' } = ended;
  if (exitCode === 0) return { ok: true, stdout: said.stdout.text, stderr: said.stderr.text };
  if (code === 'ENOENT') return failed(said, 'not_installed', `${command} is not installed`);
  if (exitCode === undefined && signal === undefined) {
    return failed(said, 'not_started', `${command} cannot be started (${code})`);
  }
  const ending = signal ?? `exit code ${exitCode}`;
  const first = said.stderr.text.trim().split('\n')[0] ?? '';
  const why = `${command}: ${first === '' ? ending : first}`.slice(0, LARGEST_WHY);
  return failed(said, 'failed', why, exitCode ?? null);
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
