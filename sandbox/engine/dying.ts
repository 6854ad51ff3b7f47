/**
 * The ways to die, each by the real cause: a signal, an assertion, memory, a lock. For tests and
 * the demo only.
 *
 * Invariant: none of them cleans anything up.
 */
import { randomFillSync } from 'node:crypto';
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { Engine } from './engine.js';

export const DieRequest = z.object({
  how: z.enum(['segfault', 'abort', 'oom', 'freeze', 'deadlock', 'exit', 'disconnect']),
});
export type Death = z.infer<typeof DieRequest>['how'];

const STDERR = 2;
const LEAK_BYTES = 16 * 1024 * 1024;
const LEAK_MAX_BYTES = 2 * 1024 * 1024 * 1024;
const EXIT_CODE = 3;

export async function die(how: Death, engine: Engine): Promise<void> {
  switch (how) {
    case 'segfault':
      process.kill(process.pid, 'SIGSEGV');
      break;
    case 'abort':
      return abort(engine);
    case 'oom':
      return leak();
    case 'freeze':
      return freeze();
    case 'deadlock':
      return deadlock();
    case 'exit':
      return process.exit(EXIT_CODE);
    case 'disconnect':
      return disconnect(engine);
  }
}

function abort({ log }: Engine): never {
  const assertion =
    'Assertion failed: position.quantity == expected, file position_book.cpp, line 214';
  log.fatal(assertion);
  writeSync(STDERR, `${assertion}\n`);
  process.abort();
}

/** Random bytes, because the kernel backs no page that was only asked for. */
async function leak(): Promise<void> {
  const kept: Buffer[] = [];
  for (let bytes = 0; bytes < LEAK_MAX_BYTES; bytes += LEAK_BYTES) {
    kept.push(randomFillSync(Buffer.allocUnsafe(LEAK_BYTES)));
    // Lets the heartbeat go on: an engine that leaks looks alive until it is killed.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const heap: unknown[] = [kept];
  for (;;) heap.push(Array.from({ length: 100_000 }, (_, index) => ({ index })));
}

/** A futex that nobody wakes: sockets stay open, nothing beats, no processor is used. */
function freeze(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const [POSITIONS, ORDERS] = [0, 1];
const OTHER_THREAD = `
  const { workerData: locks } = require('node:worker_threads');
  Atomics.store(locks, ${ORDERS}, 1);
  Atomics.wait(locks, ${POSITIONS}, 1);`;

/** Each thread has the lock that the other one waits for. */
async function deadlock(): Promise<void> {
  const locks = new Int32Array(new SharedArrayBuffer(8));
  Atomics.store(locks, POSITIONS, 1);
  const other = new Worker(OTHER_THREAD, { eval: true, workerData: locks });
  other.ref();
  while (Atomics.load(locks, ORDERS) === 0) await new Promise((resolve) => setImmediate(resolve));
  Atomics.wait(locks, ORDERS, 1);
}

async function disconnect({ venues, log }: Engine): Promise<void> {
  await Promise.all(venues.map((venue) => venue.disconnect()));
  log.fatal('exchange connections lost');
  process.kill(process.pid, 'SIGKILL');
}
