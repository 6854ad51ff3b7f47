/**
 * gdb, for a core file and for a hung process. A core is untrusted input: no init files, no
 * auto-loading, no symbol servers, and no shell.
 */
import { readlink } from 'node:fs/promises';
import { runCommand, type CommandOutcome } from '../run-command.js';

const QUIET = [
  '-nx',
  '-batch',
  '-iex',
  'set auto-load off',
  '-iex',
  'set debuginfod enabled off',
  '-ex',
  'set pagination off',
];
/** A hung engine is not killed before it is traced. */
const STACKS_LIMIT_MS = 30_000;

export async function backtraceOfCore(
  executable: string,
  core: string,
  timeoutMs: number,
): Promise<CommandOutcome> {
  const script = ['-ex', 'bt', '-ex', 'info registers rip', '-ex', 'thread apply all bt 20'];
  return runCommand('gdb', [...QUIET, ...script, '--', executable, core], { timeoutMs });
}

export async function stacksOfProcess(pid: number): Promise<CommandOutcome> {
  const executable = await readlink(`/proc/${pid}/exe`).catch(() => '');
  const script = ['-ex', 'thread apply all bt 30', '-ex', 'detach'];
  return runCommand('gdb', [...QUIET, ...script, '-p', String(pid), executable], {
    timeoutMs: STACKS_LIMIT_MS,
  });
}
