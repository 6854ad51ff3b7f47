/**
 * Requests to the services behind channels.
 *
 * Invariants: what fails is told by the channel's name and a status, never by an address or a body; a service
 * that asks to wait is left alone for so long, whoever wants to tell it something; no answer is read beyond its
 * bound.
 */
import { failure, failureToRetry } from '../../workflows/failure.js';

const MOST_BYTES = 1024 * 1024;
/** Who asks for more is asked again all the same. */
const LONGEST_QUIET_MS = 300_000;
const USUAL_QUIET_MS = 1_000;

interface Request {
  url: string;
  headers: Record<string, string>;
  body: string;
}

interface Answered {
  status: number;
  text: string;
}

export type Call = (request: Request) => Promise<Answered>;

interface Calling {
  name: string;
  timeoutMs: number;
  /** False where the status says all: nobody waits for more, however long it is. */
  readsAnswer?: boolean;
}

/** Gives 2xx alone; anything else fails with `NotificationFailed`. */
export function createCalls({ name, timeoutMs, readsAnswer = true }: Calling): Call {
  // By a clock that nobody sets: one that is put back an hour must not keep people from being told for one.
  let quietUntilMs = -Infinity;
  return async ({ url, ...rest }) => {
    const leftMs = quietUntilMs - performance.now();
    if (leftMs > 0) throw askedToWait(name, leftMs);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, { method: 'POST', redirect: 'error', ...rest, signal });
      const { status } = response;
      if (response.ok) {
        return { status, text: await (readsAnswer ? textOf(response) : dropped(response)) };
      }
      await dropped(response);
      const waitMs = quietOf(response);
      if (waitMs === null) throw failure('NotificationFailed', `${name} answered ${status}`);
      quietUntilMs = Math.max(quietUntilMs, performance.now() + waitMs);
      throw askedToWait(name, waitMs);
    } catch (error) {
      if (error instanceof Error && error.name === 'ApplicationFailure') throw error;
      const why = error instanceof Error ? error.name : 'failed';
      throw failure('NotificationFailed', `${name} does not answer (${why})`);
    }
  };
}

function askedToWait(name: string, waitMs: number): Error {
  const seconds = Math.ceil(waitMs / 1_000);
  return failureToRetry('NotificationFailed', `${name} asks to wait ${seconds} s`, waitMs);
}

/** Null where it does not ask for it. */
function quietOf({ status, headers }: Response): number | null {
  const told = headers.get('retry-after');
  if (status !== 429 && (status !== 503 || told === null)) return null;
  const seconds = Number(told);
  const atMs = Number.isNaN(seconds) ? Date.parse(told ?? '') - Date.now() : seconds * 1_000;
  const waitMs = Number.isNaN(atMs) || told === null ? USUAL_QUIET_MS : atMs;
  return Math.min(LONGEST_QUIET_MS, Math.max(0, waitMs));
}

/** Nobody reads it: its connection is closed. */
async function dropped({ body }: Response): Promise<string> {
  await body?.cancel().catch(() => undefined);
  return '';
}

async function textOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new RangeError('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
