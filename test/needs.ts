/**
 * What some tests need beyond Node. Each function tells why it is not here, as the reason for a skip,
 * or false where it is. `.ci/run` installs the programs where it may.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Each with what makes it answer at once. */
export const PROGRAMS = {
  gdb: '--version',
  'c++': '--version',
  pdftotext: '-v',
} as const;

export function whyNo(program: keyof typeof PROGRAMS): string | false {
  try {
    execFileSync(program, [PROGRAMS[program]], { stdio: 'ignore' });
    return false;
  } catch {
    return `${program} is not installed`;
  }
}

/** For a core that the kernel writes into a process's own folder. */
export function whyNoCore(): string | false {
  const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
  if (pattern !== 'core') return `core_pattern is ${pattern}`;
  const hard = execFileSync('sh', ['-c', 'ulimit -H -c'], { encoding: 'utf8' }).trim();
  return hard === 'unlimited' ? false : `the hard limit on core files is ${hard}`;
}
