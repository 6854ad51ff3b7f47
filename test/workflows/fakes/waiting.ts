/** Bounded waits: a condition that never comes fails with its name instead of hanging the run. */
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '@temporalio/client';

const LIMIT_MS = 120_000;
const POLL_MS = 80;

export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | null | false>,
): Promise<T> {
  const deadlineMs = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look().catch(unlessBusy);
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadlineMs) throw new Error(`waited ${LIMIT_MS} ms in vain: ${what}`);
    await delay(POLL_MS);
  }
}

/** A server that is busy answers a question late, which is no answer yet. */
function unlessBusy(error: unknown): null {
  if (error instanceof ServiceError) return null;
  throw error;
}

export async function withinLimit<T>(what: string, promise: Promise<T>): Promise<T> {
  const abort = new AbortController();
  const late = delay(LIMIT_MS, undefined, { signal: abort.signal, ref: false }).then(() => {
    throw new Error(`waited ${LIMIT_MS} ms in vain: ${what}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    abort.abort();
    late.catch(() => undefined);
  }
}
