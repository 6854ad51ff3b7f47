/**
 * gdb, for a core file and for a hung process. A core is untrusted input: no init files, no
 * auto-loading, no symbol servers, and no shell.
 *
 * Invariant: frames and time are bounded, and what gdb has printed when its time is over is not thrown away:
 * what tells most is asked for first.
 */
import { readlink } from 'node:fs/promises';
import { runCommand, type CommandOutcome } from '../run-command.js';
import { lookAtThreads } from './thread-look.js';

const QUIET = [
  '-nx',
  '-batch',
  '-iex',
  'set auto-load off',
  '-iex',
  'set debuginfod enabled off',
  '-ex',
  'set pagination off',
  '-ex',
  'set width 0',
];
/** A hung engine is not killed before it is traced. */
const STACKS_LIMIT_MS = 30_000;
/** The outermost frames of a stack that is overfull are some hundred thousand away, and may be given up. */
const OF_CORE = [
  ['frames of the thread that died', 'bt 50'],
  ['registers', 'info registers'],
  ['faulting instruction', 'x/i $pc'],
  ['all threads', 'thread apply all bt 30'],
  ['outermost frames of the thread that died', 'bt -20'],
] as const;
/** Values of the engine, keys too: on request, and after all that tells the cause. */
const LOCALS = ['locals of the thread that died', 'bt full 20'] as const;
/**
 * Who waits for a lock is in futex(2), whose first argument is the lock; behind the lock's word and a counter
 * is its owner (glibc, pthread_mutex_t). Of a lock for many readers it is one of two words in it, which its
 * writer is behind (pthread_rwlock_t). Elsewhere than on x86-64 this prints nothing.
 */
const LOCKS = String.raw`thread apply all -s printf "lock %#lx owner %d writer %d %d\n", $rdi, *(int*)($rdi+8), *(int*)($rdi+12), *(int*)($rdi+16)`;

/** `whole`: false where the text ends before gdb did. */
export type Trace =
  { ok: true; text: string; whole: boolean; why: string } | { ok: false; why: string };

export async function backtraceOfCore(
  executable: string,
  core: string,
  { timeoutMs, locals = false }: { timeoutMs: number; locals?: boolean },
): Promise<Trace> {
  const asked = locals ? [...OF_CORE, LOCALS] : OF_CORE;
  const script = asked.flatMap(([title, command]) => section(title, command));
  return kept(
    await runCommand('gdb', [...QUIET, ...script, '--', executable, core], { timeoutMs }),
  );
}

export async function stacksOfProcess(pid: number, timeoutMs = STACKS_LIMIT_MS): Promise<Trace> {
  const looked = await lookAtThreads(pid);
  const executable = await readlink(`/proc/${pid}/exe`).catch(() => '');
  const script = [
    ...section('stacks', 'thread apply all bt 30'),
    ...section('locks', LOCKS),
    '-ex',
    'detach',
  ];
  const outcome = await runCommand('gdb', [...QUIET, ...script, '-p', String(pid), executable], {
    timeoutMs,
  });
  const trace = kept(outcome);
  return trace.ok ? { ...trace, text: `${looked}${trace.text}` } : trace;
}

function section(title: string, command: string): string[] {
  return ['-ex', String.raw`echo \n== ${title} ==\n`, '-ex', command];
}

/** A frame at least: what gdb says before it has one tells nothing of a death. */
function kept(outcome: CommandOutcome): Trace {
  if (outcome.ok) return { ok: true, text: outcome.stdout, whole: true, why: '' };
  const { why, stdout } = outcome;
  if (!/^#0 /m.test(stdout)) return { ok: false, why };
  return { ok: true, text: `${stdout}\n== cut here: ${why} ==\n`, whole: false, why };
}
