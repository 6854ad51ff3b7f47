/**
 * A machine of its own on this one: network and PID namespaces, of which nothing is reached from outside but
 * through the sockets of a few named ports. Its end takes all its processes along, as a power cut does.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { eventually } from '../../../sandbox/engine/rig.js';

const OWN = ['--net', '--pid', '--mount-proc', '--fork', '--kill-child'];

/** Ports of this machine within the other: what listens there leads to the socket of the same name. */
const INSIDE = `
const net = require('net');
const [folder, ...ports] = process.argv.slice(1);
for (const port of ports) {
  net.createServer((from) => {
    const to = net.connect(folder + '/' + port);
    from.on('error', () => to.destroy());
    to.on('error', () => from.destroy());
    from.pipe(to).pipe(from);
  }).listen(Number(port), '127.0.0.1');
}`;

/** The folder with a socket for each port. */
export function openWires(t: TestContext, folder: string, ports: readonly number[]): string {
  const wires = join(folder, 'wires');
  mkdirSync(wires);
  for (const port of ports) {
    const server = createServer((from) => {
      const to = connect(port, '127.0.0.1');
      from.on('error', () => to.destroy());
      to.on('error', () => from.destroy());
      from.pipe(to).pipe(from);
    });
    server.listen(join(wires, String(port)));
    t.after(() => server.close());
  }
  return wires;
}

export interface Running {
  stderr: string;
  ended: Promise<number | null>;
  /** As this machine sees it, and not whoever brought it there. */
  pid: () => number;
}

export interface Machine {
  /** Its PID namespace, as the kernel names it. */
  namespace: string;
  run: (command: readonly string[], env?: Record<string, string>) => Running;
}

export async function openMachine(
  t: TestContext,
  wires: string,
  ports: readonly number[],
): Promise<Machine> {
  const init = 'ip link set lo up && exec "$@"';
  const relay = [process.execPath, '-e', INSIDE, wires, ...ports.map(String)];
  const machine = spawn('unshare', [...OWN, 'sh', '-c', init, 'sh', ...relay], { stdio: 'ignore' });
  const off = new Promise((resolve) => machine.once('exit', resolve));
  const entered: ChildProcess[] = [];
  t.after(async () => {
    machine.kill('SIGKILL');
    await off;
    // Who entered stops with what it brought there, and would not notice its end.
    for (const child of entered) child.kill('SIGKILL');
  });
  const first = await eventually('its first process is there', () => childOf(machine.pid) ?? false);
  await eventually('it relays', () => commandOf(first)[0] === process.execPath);
  return {
    namespace: namespaceOf(first),
    run: (command, env = {}) => {
      const { child, running } = runIn(first, command, env);
      entered.push(child);
      return running;
    },
  };
}

function runIn(first: number, command: readonly string[], env: Record<string, string>) {
  // Not of whoever enters, who stands outside and would be taken for one of them.
  const set = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const into = ['--target', String(first), '--net', '--pid', '--mount'];
  const entering = [...into, 'env', ...set, ...command];
  const child = spawn('nsenter', entering, {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const running: Running = {
    stderr: '',
    ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
    pid: () => childOf(child.pid) ?? 0,
  };
  child.stderr.on('data', (chunk: Buffer) => (running.stderr += chunk.toString()));
  return { child, running };
}

export function namespaceOf(pid: number): string {
  return readlinkSync(`/proc/${pid}/ns/pid`);
}

function childOf(pid = 0): number | null {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? null : Number(children.split(' ')[0]);
}

function commandOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
}
