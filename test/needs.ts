/**
 * What some tests need beyond Node. Each function tells why it is not here, as the reason for a skip,
 * or false where it is. `.ci/run` installs the programs where it may.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmdirSync } from 'node:fs';
import { homedir, release } from 'node:os';
import { join } from 'node:path';

/** Each with what makes it answer at once. */
export const PROGRAMS = {
  gdb: '--version',
  'c++': '--version',
  pdftotext: '-v',
  /** And ssh-keygen, ssh-agent and ssh-add with it. */
  ssh: '-V',
  /** Gives a program a terminal. */
  script: '--version',
  openssl: 'version',
} as const;

export function whyNo(program: keyof typeof PROGRAMS): string | false {
  try {
    execFileSync(program, [PROGRAMS[program]], { stdio: 'ignore' });
    return false;
  } catch {
    return `${program} is not installed`;
  }
}

/** For the kit in Rust. Distributions have older ones; rustup has this. */
export function whyNoRust(): string | false {
  const least = { major: 1, minor: 82 };
  try {
    const told = execFileSync('rustc', ['--version'], { encoding: 'utf8' });
    const [, major = 0, minor = 0] = /^rustc (\d+)\.(\d+)/.exec(told)?.map(Number) ?? [];
    const isNew = major > least.major || (major === least.major && minor >= least.minor);
    return isNew ? false : `${told.trim()} is older than ${least.major}.${least.minor}`;
  } catch {
    return 'rustc is not installed';
  }
}

/** What takes minutes more and is not part of `npm test`. */
export const LONG_TESTS = process.env['RELIGHT_LONG_TESTS'] === '1';

/** An S3 server that checks signatures; `.ci/run` makes the environment that it runs in. */
const MOTO = 'moto-5.2.5/bin/moto_server';

export const s3Server = () => inCache(MOTO);

/** A public trading bot; `.ci/run` makes the environment that it runs in, of half a gigabyte. */
const FREQTRADE = 'freqtrade-2026.9/bin/freqtrade';

export const freqtrade = () => inCache(FREQTRADE);

/** The program, or why it is not here. */
function inCache(path: string): { program: string } | { why: string } {
  const caches = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const program = join(caches, 'relight', path);
  return existsSync(program) ? { program } : { why: `${path} is not in the cache of relight` };
}

/** A library that sets the clock of a process, as its own program loads it; null where that is not installed. */
export function fakeClock(): string | null {
  try {
    const args = ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'];
    return execFileSync('faketime', args, { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/** For a core that the kernel writes into a process's own folder. */
export function whyNoCore(): string | false {
  const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
  if (pattern !== 'core') return `core_pattern is ${pattern}`;
  const hard = execFileSync('sh', ['-c', 'ulimit -H -c'], { encoding: 'utf8' }).trim();
  return hard === 'unlimited' ? false : `the hard limit on core files is ${hard}`;
}

/** For the exit status of a process that is not our child: the kernel's PIDFD_INFO_EXIT. */
export function whyNoExitStatus(): string | false {
  return isLinux(6, 15) ? false : `Linux ${release()} does not tell exit statuses, 6.15 does`;
}

function isLinux(least: number, leastMinor: number): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > least || (major === least && minor >= leastMinor);
}

export const MEMORY_GROUPS = '/sys/fs/cgroup/memory';

/** For a limit on memory: a cgroup of version 1 that we may make. */
export function whyNoMemoryGroup(): string | false {
  const folder = join(MEMORY_GROUPS, `relight-needs-${process.pid}`);
  try {
    mkdirSync(folder);
    rmdirSync(folder);
    return false;
  } catch {
    return `no cgroup can be made in ${MEMORY_GROUPS}`;
  }
}

/** For a second user, which only root can become. */
export function whyNotRoot(): string | false {
  return process.getuid?.() === 0 ? false : 'needs root, to become another user';
}

/** For a second host on this machine: a PID namespace of its own, with its own view of /proc. */
export function whyNoNamespace(): string | false {
  try {
    execFileSync('unshare', ['--pid', '--mount-proc', '--fork', 'true'], { stdio: 'ignore' });
    execFileSync('nsenter', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'needs unshare and nsenter, and the right to make PID namespaces';
  }
}

/** For a mount of one process alone: a small disk, or one that never answers. */
export function whyNoMount(kind: 'tmpfs' | 'fuse'): string | false {
  try {
    const [program, ...args] =
      kind === 'tmpfs' ? ['mount', '-t', 'tmpfs', 'tmpfs', '/mnt'] : ['test', '-w', '/dev/fuse'];
    execFileSync('unshare', ['--mount', program ?? '', ...args], { stdio: 'ignore' });
    return false;
  } catch {
    return 'needs the right to mount a file system';
  }
}

/** For events of processes, which the kernel tells in its first namespaces: before 6.6 to root alone. */
export function whyNoProcessEvents(): string | false {
  const first = { user: 'user:[4026531837]', pid: 'pid:[4026531836]' };
  const isFirst = Object.entries(first).every(
    ([name, link]) => readlinkSync(`/proc/self/ns/${name}`) === link,
  );
  const isNew = isLinux(6, 6) || process.getuid?.() === 0;
  return isFirst && isNew ? false : 'needs the first namespaces, and Linux 6.6 or root';
}
