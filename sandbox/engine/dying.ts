/**
 * The ways to die, each by the real cause: a signal, an assertion, memory, a lock. For tests and
 * the demo only.
 *
 * Invariant: none of them cleans anything up.
 */
import { randomFillSync } from 'node:crypto';
import { writeSync } from 'node:fs';
import { z } from 'zod';
import type { Engine } from './engine.js';

export const DieRequest = z.object({
  how: z.enum(['segfault', 'abort', 'oom', 'freeze', 'exit', 'disconnect']),
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

async function disconnect({ venues, log }: Engine): Promise<void> {
  await Promise.all(venues.map((venue) => venue.disconnect()));
  log.fatal('exchange connections lost');
  process.kill(process.pid, 'SIGKILL');
}
