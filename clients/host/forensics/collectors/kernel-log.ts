/** The kernel's own words about a process: out-of-memory kills and segmentation faults. */
import { runCommand } from '../../run-command.js';
import { missing, type Collector } from './collector.js';

export interface KernelLog {
  readable: boolean;
  why: string;
  outOfMemory: string[];
  segfaults: string[];
  oomKilled: boolean;
  segfault: boolean;
}

const KEPT_LINES = 20;
const LIMIT_MS = 6_000;

export async function readKernelLog(pid: number, timeoutMs: number): Promise<KernelLog> {
  const outcome = await runCommand('dmesg', [], { timeoutMs });
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

export const kernelLog: Collector<never> = {
  name: 'kernel_log',
  timeoutMs: LIMIT_MS,
  async collect({ report, add, commandMs }) {
    const log = await readKernelLog(report.instance.pid, commandMs);
    const facts = {
      oomKilled: log.oomKilled,
      segfaultInKernelLog: log.segfault,
      kernelLogReadable: log.readable,
    };
    if (!log.readable) {
      return { items: [missing('oom.txt', log.why), missing('segfault.txt', log.why)], facts };
    }
    const items = [
      await add('oom.txt', `${log.outOfMemory.join('\n')}\n`),
      await add('segfault.txt', `${log.segfaults.join('\n')}\n`),
    ];
    return { items, facts };
  },
};
