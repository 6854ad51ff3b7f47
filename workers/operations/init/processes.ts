/**
 * Processes that may be somebody's engine: told with what a person knows them by. It only looks.
 *
 * Invariant: what may not be read of a process of another user is left out, and the process is shown all the same.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import type { FoundProcess } from '../../../clients/cli/answers/init.js';
import { lineageOf } from '../../../clients/host/kernel/ancestors.js';
import { LISTENS, socketsOf, tcpRowsIn } from '../../../clients/host/kernel/sockets.js';
import { runCommand } from '../../../clients/host/run-command.js';

const MOST = 20;
const UNITS_WITHIN_MS = 3_000;

export async function findProcesses(text: string): Promise<FoundProcess[]> {
  // A search would find itself, and the shell that it was typed into.
  const own = new Set((await lineageOf(process.pid)).map(String));
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && !own.has(name));
  const listening = await socketsThatListen();
  const found: FoundProcess[] = [];
  for (const pid of pids) {
    const argv = await argvOf(pid);
    if (argv.length === 0 || !argv.join(' ').includes(text)) continue;
    found.push(await described(pid, argv, listening));
    if (found.length === MOST) break;
  }
  return found;
}

export async function findUnits(text: string): Promise<string[]> {
  const args = ['list-units', '--type=service', '--plain', '--no-legend', '--no-pager'];
  const outcome = await runCommand('systemctl', args, { timeoutMs: UNITS_WITHIN_MS });
  if (!outcome.ok) return [];
  const names = outcome.stdout.split('\n').map((line) => line.trim().split(/\s+/)[0] ?? '');
  return names.filter((name) => name.endsWith('.service') && name.includes(text)).slice(0, MOST);
}

async function argvOf(pid: string): Promise<string[]> {
  const line = await textOf(`/proc/${pid}/cmdline`);
  return line === '' ? [] : line.replace(/\0$/, '').split('\0');
}

async function described(
  pid: string,
  argv: string[],
  listening: ReadonlyMap<string, string>,
): Promise<FoundProcess> {
  const link = (name: string) => readlink(`/proc/${pid}/${name}`).catch(() => '');
  const uid = /^Uid:\s*(\d+)/m.exec(await textOf(`/proc/${pid}/status`))?.[1] ?? '';
  const unit = /\/([^/]+\.service)(?:\/|$)/m.exec(await textOf(`/proc/${pid}/cgroup`))?.[1];
  return {
    pid: Number(pid),
    user: await userOf(uid),
    cwd: await link('cwd'),
    executable: await link('exe'),
    argv,
    listens: await listensOf(pid, listening),
    unit: unit ?? null,
  };
}

async function userOf(uid: string): Promise<string> {
  const lines = (await textOf('/etc/passwd')).split('\n').map((line) => line.split(':'));
  return lines.find((fields) => fields[2] === uid)?.[0] ?? uid;
}

async function listensOf(pid: string, listening: ReadonlyMap<string, string>): Promise<string[]> {
  const inodes = await socketsOf(pid).catch(() => new Set<string>());
  return [...new Set([...inodes].flatMap((inode) => listening.get(inode) ?? []))];
}

/** By inode: where TCP is listened on, as the kernel's tables have it. */
async function socketsThatListen(): Promise<Map<string, string>> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(textOf));
  const found = new Map<string, string>();
  for (const { local, state, inode } of tables.flatMap(tcpRowsIn)) {
    const port = Number.parseInt(local.split(':')[1] ?? '', 16);
    if (state === LISTENS && Number.isInteger(port)) found.set(inode, `port ${port}`);
  }
  return found;
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
