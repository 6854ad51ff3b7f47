/** The kernel's own words about a process: out-of-memory kills and segmentation faults. */
import { runCommand } from '../run-command.js';

export interface KernelLog {
  readable: boolean;
  why: string;
  outOfMemory: string[];
  segfaults: string[];
  oomKilled: boolean;
  segfault: boolean;
}

const KEPT_LINES = 20;
const DMESG_TIMEOUT_MS = 5_000;

export async function readKernelLog(pid: number): Promise<KernelLog> {
  const outcome = await runCommand('dmesg', [], { timeoutMs: DMESG_TIMEOUT_MS });
  const lines = outcome.stdout.split('\n');
  const outOfMemory = lines.filter((line) => /out of memory|killed process|oom-kill/i.test(line));
  const segfaults = lines.filter((line) => /segfault|general protection/i.test(line));
  return {
    readable: outcome.ok,
    why: outcome.ok ? '' : outcome.why,
    outOfMemory: outOfMemory.slice(-KEPT_LINES),
    segfaults: segfaults.slice(-KEPT_LINES),
    oomKilled: outOfMemory.some((line) => new RegExp(`killed process ${pid}\\b`, 'i').test(line)),
    segfault: segfaults.some((line) => line.includes(`[${pid}]`)),
  };
}
