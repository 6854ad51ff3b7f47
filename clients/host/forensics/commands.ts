/** Commands of the system, run without a shell, bounded in time and output. */
import { execFile } from 'node:child_process';

const LARGEST_OUTPUT = 32 * 1024 * 1024;

export interface CommandOutput {
  ok: boolean;
  stdout: string;
  /** Why it failed, in one line; empty where it did not. */
  why: string;
}

export async function runCommand(
  command: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandOutput> {
  return new Promise((resolve) => {
    const options = {
      timeout: timeoutMs,
      maxBuffer: LARGEST_OUTPUT,
      killSignal: 'SIGKILL' as const,
    };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ ok: true, stdout, why: '' });
      else resolve({ ok: false, stdout, why: explain(command, error, stderr) });
    });
  });
}

function explain(
  command: string,
  error: Error & { code?: unknown; killed?: boolean },
  stderr: string,
) {
  if (error.code === 'ENOENT') return `${command} is not installed`;
  if (error.killed === true) return `${command} took too long`;
  return `${command}: ${stderr.trim().split('\n')[0] ?? ''}`.slice(0, 200);
}
