/** What of this machine tells the cause of a death, and tells it at once. */
import {
  ok,
  unverified,
  warning,
  type Finding,
} from '../../../workflows/domain/readiness/finding.js';
import { faultLogging, readKernelLog } from '../forensics/collectors/kernel-log.js';
import { remedyOf } from '../forensics/remedies.js';
import { pidfds } from '../kernel/pidfd.js';
import { processEvents } from '../kernel/proc-connector.js';
import { runCommand } from '../run-command.js';

const COMMAND_MS = 8_000;
const LOADED = 'look for a dead mount or a loaded disk on this host';

export async function lookAtDebugger(): Promise<Finding> {
  const outcome = await runCommand('gdb', ['-nx', '--version'], { timeoutMs: COMMAND_MS });
  if (outcome.ok) return ok(outcome.stdout.split('\n')[0] ?? 'gdb');
  const found = `no backtraces: ${outcome.why}`;
  const remedy = await remedyOf({ name: 'backtrace.txt', detail: outcome.why });
  return outcome.reason === 'took_too_long'
    ? unverified(found, LOADED)
    : warning(found, remedy ?? 'see that gdb runs for the user of the agent');
}

export async function lookAtKernelLog(): Promise<Finding> {
  const { readable, why } = await readKernelLog(COMMAND_MS);
  if (readable) return kernelWritesFaults();
  if (/took too long/.test(why)) return unverified(why, LOADED);
  const remedy = await remedyOf({ name: 'kernel_log', detail: why });
  return warning(
    `segfaults and OOM kills are not told: ${why}`,
    remedy ?? 'see that dmesg runs for the user of the agent',
  );
}

async function kernelWritesFaults(): Promise<Finding> {
  const { writesFaults } = await faultLogging();
  return writesFaults
    ? ok('the kernel log can be read')
    : warning('the kernel writes no segfaults into its log', 'set debug.exception-trace=1');
}

/** Without them deaths are looked for, many times a second. */
export async function lookAtKernelEvents(): Promise<Finding[]> {
  const [descriptors, events] = await Promise.all([pidfds(), processEvents()]);
  return [
    'why' in descriptors
      ? warning(descriptors.why, 'Linux 5.3 has them; see that koffi is installed')
      : ok('the kernel tells at once that a process has ended (pidfd)'),
    'why' in events
      ? warning(
          events.why,
          'run the agent as root, or give it CAP_NET_ADMIN, outside of containers',
        )
      : ok('the kernel tells that a core begins to be written (proc connector)'),
  ];
}
