/** Keeps child processes running: one that dies is started again, ever more slowly. */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { processEnvironment } from '../config/environment.js';

export interface Supervised {
  stop(): Promise<void>;
}

/** Tells a part that it is kept running, and has to end with whoever does so. */
const SUPERVISED_VARIABLE = 'RELIGHT_SUPERVISED';

export function isSupervised(): boolean {
  return processEnvironment()[SUPERVISED_VARIABLE] !== undefined;
}

/** By its pid: a supervisor may be gone before its child has looked for the first time. */
export function hasSupervisor(): boolean {
  return processEnvironment()[SUPERVISED_VARIABLE] === String(process.ppid);
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
const HEALTHY_MS = 30_000;
const STOP_WAIT_MS = 15_000;

export function superviseProcess(
  name: string,
  argv: readonly [string, ...string[]],
  logger: Logger,
): Supervised {
  const stopping = new AbortController();
  let child: ChildProcess | null = null;

  async function keepRunning(): Promise<void> {
    let waitMs = FIRST_WAIT_MS;
    while (!stopping.signal.aborted) {
      const startedMs = performance.now();
      child = spawn(argv[0], argv.slice(1), {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...processEnvironment(), [SUPERVISED_VARIABLE]: String(process.pid) },
      });
      logger.info({ part: name, pid: child.pid }, 'started');
      await ended(child);
      if (stopping.signal.aborted) return;
      waitMs =
        performance.now() - startedMs > HEALTHY_MS
          ? FIRST_WAIT_MS
          : Math.min(waitMs * 2, LONGEST_WAIT_MS);
      logger.warn({ part: name, waitMs }, 'died; starting it again');
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = keepRunning();
  return {
    async stop() {
      stopping.abort();
      child?.kill('SIGTERM');
      const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_WAIT_MS);
      await running;
      clearTimeout(timer);
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}
