/**
 * JSON lines on stdout.
 *
 * Invariant: no error text leaves the process with a URL in it, because ccxt puts signed URLs into
 * its messages.
 */
import { pino, type Logger } from 'pino';

export type { Logger };

const LONGEST_MESSAGE = 300;

/** Written synchronously: the last line before a crash must be in the file. */
export function createLogger(bindings: Record<string, unknown>): Logger {
  return pino(
    { base: { pid: process.pid, ...bindings } },
    pino.destination({ dest: 1, sync: true }),
  );
}

export function describeError(error: unknown): { name: string; message: string } {
  if (!(error instanceof Error)) return { name: 'Unknown', message: 'not an error' };
  return { name: error.constructor.name, message: stripUrls(error.message) };
}

function stripUrls(text: string): string {
  return text
    .replaceAll(/\b[a-z]+:\/\/[^\s"']+/gi, '[url]')
    .replaceAll(/\?[^\s"']*=[^\s"']*/g, '')
    .replaceAll(/\b(signature|api-?key|secret|token)=[^\s"'&]+/gi, '$1=[redacted]')
    .slice(0, LONGEST_MESSAGE);
}
