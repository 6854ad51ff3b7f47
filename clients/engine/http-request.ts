/**
 * One request to an engine over HTTP.
 *
 * Invariants: only the address that is configured answers for the engine; an answer that is cut off half-way
 * is no answer, and none is longer than it may be; only where nobody listens is nobody there.
 */
import { failure } from '../../workflows/failure.js';
import { boundedText } from './bounded-body.js';
import { unanswered } from './unanswered.js';

interface HttpRequest {
  path: string;
  /** Bytes of the answer. */
  limit: number;
  headers: Readonly<Record<string, string>>;
  /** Sent where it is there, as a write. */
  body?: object;
}

interface HttpAnswer {
  ok: boolean;
  status: number;
  text: string;
}

export async function send(
  { url, timeoutMs }: { url: string; timeoutMs: number },
  request: HttpRequest,
): Promise<HttpAnswer> {
  const { path, limit } = request;
  const { ok, status, text } = await exchange({ url: addressOf(url, path), timeoutMs }, request);
  if (isRedirect(status)) {
    const remedy = 'write the address that answers itself as control.url';
    throw failure('EngineRefused', `${path} sends us elsewhere (${status}): ${remedy}`);
  }
  if (text === null) throw failure('EngineRefused', `${path} answered more than ${limit} bytes`);
  return { ok, status, text };
}

async function exchange(
  { url, timeoutMs }: { url: URL; timeoutMs: number },
  { path, headers, body, limit }: HttpRequest,
) {
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      // Not 'error': whoever sends us elsewhere is there, and must not be taken for silent.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await boundedText(response, limit);
    return { ok: response.ok, status: response.status, text };
  } catch (error) {
    throw unanswered(path, error);
  }
}

/** Below the path of the configured address, with or without a stroke at its end. */
function addressOf(url: string, path: string): URL {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/+$/, '')}${path}`;
  return address;
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}
