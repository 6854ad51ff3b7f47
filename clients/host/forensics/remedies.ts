/**
 * Why a piece of evidence is missing, and how to have it next time.
 *
 * Invariant: a reason that is known has its remedy; one that is not stays as it is. What is collected
 * is never touched.
 */
import { readFile } from 'node:fs/promises';
import type { EvidenceItem } from '../../../workflows/domain/crash/evidence.js';

const PACKAGES: Readonly<Record<string, string>> = {
  gdb: 'gdb',
  dmesg: 'util-linux',
  ss: 'iproute2',
  ps: 'procps',
  df: 'coreutils',
  journalctl: 'systemd',
  sar: 'sysstat',
};

const NO_RIGHT = /\b(?:EACCES|EPERM)\b|not permitted|permission denied/i;

/** By the item's name and its reason; the first that fits. */
const REMEDIES: readonly [name: RegExp, reason: RegExp, remedy: string][] = [
  [
    /^(?:oom|segfault|kernel)/,
    NO_RIGHT,
    'run the agent as root, give it CAP_SYSLOG, or set kernel.dmesg_restrict=0',
  ],
  [/^log /, NO_RIGHT, 'let the user of the agent read it, by its group or setfacl'],
  [
    /^log /,
    /compressed as/,
    'let logrotate compress by gzip, or leave the newest one as it is (delaycompress)',
  ],
  [/^log /, /MiB when it is unpacked/, 'rotate it more often (size, hourly)'],
  [/^(?:log |logs_recent)/, /ENOENT/, 'name the file in forensics.logs'],
  [
    /^(?:stacks|backtrace)/,
    /ptrace|not permitted/i,
    'run the agent as the user of the engine or as root, and set kernel.yama.ptrace_scope=0',
  ],
  [/^checkpoint_info/, /ENOENT|empty/, 'name the folder in checkpoints.written'],
  [/^checkpoint_info/, NO_RIGHT, 'let the user of the agent read the folder'],
  [/^core/, /ENOSPC/, 'free room on the disk of dataDir, or give cores less in forensics.cores'],
  [/./, /ENOSPC/, 'free room on the disk of dataDir'],
  [/^(?:top|network|disk)/, /empty list/, 'see that ps, ss and df work for the user of the agent'],
  [/^(?:resources|limits)/, /did not see/, 'let the agent run before the engine starts'],
  [/./, /took too long/, 'look for a dead mount or a loaded disk on this host'],
];

export async function withRemedies(items: readonly EvidenceItem[]): Promise<EvidenceItem[]> {
  return Promise.all(
    items.map(async (item) => {
      const remedy = item.collected ? null : await remedyOf(item);
      return remedy === null ? item : { ...item, detail: `${item.detail}. Next time: ${remedy}` };
    }),
  );
}

/** Null where none is known. */
export async function remedyOf({
  name,
  detail,
}: Pick<EvidenceItem, 'name' | 'detail'>): Promise<string | null> {
  const program = /\b(\w+) is not installed/.exec(detail)?.[1];
  if (program !== undefined) return `install ${PACKAGES[program] ?? program} on this host`;
  if (name === 'core.dump' && detail.startsWith('no core')) return coreRemedy(await corePattern());
  return REMEDIES.find(([of, reason]) => of.test(name) && reason.test(detail))?.[2] ?? null;
}

async function corePattern(): Promise<string | null> {
  return readFile('/proc/sys/kernel/core_pattern', 'utf8').then(
    (pattern) => pattern.trim(),
    () => null,
  );
}

/** Which of the ways in which cores come to nothing it was cannot be told any more: all are named. */
export function coreRemedy(pattern: string | null): string {
  const limit = 'start the engine with "ulimit -c unlimited" (LimitCORE=infinity in its unit)';
  if (pattern === null) return limit;
  if (pattern === '') return `set kernel.core_pattern, which is empty, to "core.%p", and ${limit}`;
  if (pattern.startsWith('|')) {
    const handler = pattern.slice(1).split(' ')[0] ?? '';
    return `cores go to ${handler}, not to forensics.coreFolder: see there, and ${limit}`;
  }
  const where = pattern.startsWith('/')
    ? `its folder in kernel.core_pattern (${pattern})`
    : `the working folder of the engine, as kernel.core_pattern is "${pattern}"`;
  return `${limit}, and name in forensics.coreFolder ${where}`;
}
