/** Small real processes for the tests of the host, and cores of them. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startTicks } from '../../../sandbox/engine/process-identity.js';
import { eventually } from '../../sandbox/engine/rig.js';

export function folderOf(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-test-'));
  t.after(() => removeSoon(folder));
  return folder;
}

/** What the test stops after this may still write into it: then it is removed when all is over. */
function removeSoon(folder: string): void {
  const remove = (maxRetries: number) =>
    rmSync(folder, { recursive: true, force: true, maxRetries });
  try {
    remove(9);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    process.once('exit', () => remove(0));
  }
}

const LEADERLESS = `
#include <pthread.h>
#include <unistd.h>
void* trade(void*) { for (;;) pause(); }
int main() {
  pthread_t thread;
  pthread_create(&thread, nullptr, trade, nullptr);
  pthread_exit(nullptr);
}`;

/** Its first thread has ended, and another goes on. */
export async function runLeaderless(
  t: Pick<TestContext, 'after'>,
  env: Record<string, string>,
): Promise<Running> {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'main.cpp'), LEADERLESS);
  execFileSync('c++', ['-pthread', '-o', 'leaderless', 'main.cpp'], { cwd: folder });
  const running = await run(t, { command: [join(folder, 'leaderless')], env });
  await eventually('its leader has ended', () => stateOf(running.pid) === 'Z');
  return running;
}

export interface Running {
  pid: number;
  startTicks: string;
  child: ChildProcess;
  exited: Promise<NodeJS.Signals | null>;
}

export interface RunOptions {
  command?: readonly string[];
  env?: Record<string, string>;
  cwd?: string;
  /** Only root may choose. */
  uid?: number;
}

/** Core files are on; `exec` keeps the pid. */
export async function run(
  t: Pick<TestContext, 'after'>,
  options: RunOptions = {},
): Promise<Running> {
  const { command = ['sleep', '600'], env = {}, cwd = tmpdir(), uid } = options;
  const child = spawn('sh', ['-c', 'ulimit -c unlimited; exec "$@"', 'sh', ...command], {
    cwd,
    stdio: 'ignore',
    ...(uid === undefined ? {} : { uid }),
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  const exited = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('exit', (_code, signal) => resolve(signal));
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command[0]} was not started`);
  await eventually(`${command[0]} runs`, () => !nameOf(pid).startsWith('sh'));
  return { pid, startTicks: startTicks(pid), child, exited };
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8');
}

export function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2)[0] ?? '';
}

const TERM_BIT = 1n << 14n;

/** As the kernel has it: a shell is there some time before its trap. */
export function ignoresTerm(pid: number): boolean {
  const [, ignored = '0'] =
    /^SigIgn:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (BigInt(`0x${ignored}`) & TERM_BIT) !== 0n;
}

export function coreIn(folder: string): string {
  const name = readdirSync(folder).find((entry) => /^core(\.\d+)?$/.test(entry));
  if (name === undefined) throw new Error(`no core file in ${folder}`);
  return join(folder, name);
}
