/**
 * Logs: JSON lines on stderr, so that stdout stays for data. Redaction by path, and errors by an
 * allow-list, because error texts of third parties may hold signed URLs.
 */
import { pino, type Logger } from 'pino';

const SECRET_PATHS = [
  'apiKey',
  'secret',
  'password',
  'token',
  'signature',
  'privateKey',
  'url',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export function createLogger(name: string, level: string): Logger {
  return pino(
    {
      name,
      level,
      redact: { paths: SECRET_PATHS, censor: '[redacted]' },
      serializers: { err: safeError, error: safeError },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** Class and type, and the message only of failures of ours, which are free of secrets. */
function safeError(error: unknown) {
  if (!(error instanceof Error)) return { name: 'unknown' };
  const type = (error as { type?: unknown }).type;
  return typeof type === 'string'
    ? { name: error.name, type, message: error.message }
    : { name: error.name };
}
