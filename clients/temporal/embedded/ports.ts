/** Ports on the loopback interface. One found free may be taken a moment later. */
import { randomInt } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The state `LISTEN` in /proc/net/tcp. */
const TCP_LISTEN = '0A';

/**
 * Below the range from which the kernel takes ports for outgoing connections (32768 on Linux): a
 * port of that range is soon somebody's again, and a server that restarts would find it taken.
 */
const LOWEST = 20_000;
const BELOW = 32_768;
const TRIES = 200;

export async function findFreePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = await bindOnce(randomInt(LOWEST, BELOW));
    if (port !== undefined) return port;
  }
  throw new Error(`No free port on 127.0.0.1 from ${LOWEST} to ${BELOW - 1}.`);
}

/** A killed process holds its ports for a moment longer than it can be seen. */
export async function waitForFreePort(port: number, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while ((await bindOnce(port)) === undefined) {
    if (performance.now() > deadlineMs) return false;
    await delay(20);
  }
  return true;
}

function bindOnce(port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const bound = (server.address() as AddressInfo).port;
      server.close(() => resolve(bound));
    });
  });
}

/**
 * Whether the process itself listens on the port. An answer on it proves nothing: where the port
 * was taken, it comes from somebody else's server while ours ends.
 */
export async function listensOn(pid: number, port: number): Promise<boolean> {
  try {
    const inodes = findListeners(await readFile(`/proc/${pid}/net/tcp`, 'utf8'), port);
    for (const descriptor of await readdir(`/proc/${pid}/fd`)) {
      const link = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (inodes.includes(link)) return true;
    }
    return false;
  } catch {
    // The process has ended.
    return false;
  }
}

function findListeners(table: string, port: number): string[] {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(local) === true && fields[3] === TCP_LISTEN)
    .map((fields) => `socket:[${fields[9]}]`);
}
