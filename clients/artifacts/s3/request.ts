/**
 * One signed request (AWS Signature Version 4) and its answer, within bounds.
 *
 * Invariants: only requests that may be repeated are sent, so each is tried again where the server or
 * the line failed; no redirect is followed, because it would carry our signature elsewhere; a body is
 * taken in up to its bound; what is told of a failure names no address, no key and no word of the
 * server's but a code.
 */
import { AwsV4Signer } from 'aws4fetch';
import pRetry from 'p-retry';
import { hashOf, unreachable } from '../blobs.js';
import { codeIn } from './answers.js';

export interface S3Settings {
  /** Origin, such as `https://s3.eu-central-1.amazonaws.com`; the bucket comes as the path. */
  endpoint: string;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  timeoutMs: number;
}

export interface S3Request {
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Of letters, digits, `.`, `_`, `-` and `/`; empty for the bucket itself. */
  key: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  content?: Uint8Array;
  /** Of the answer's body. */
  mostBytes: number;
}

export interface S3Answer {
  status: number;
  headers: Headers;
  /** Null where there was more than the bound. */
  body: Buffer | null;
}

const TRIES = { retries: 2, minTimeout: 250, maxTimeout: 1_000, factor: 2, randomize: true };
/** A megabyte a second is waited for, on top of the time-out. */
const BYTES_A_MS = 1_000;
const LARGEST_ERROR = 65_536;

/** Any answer that is none of a server in trouble. Fails with `ArtifactsUnreachable`. */
export async function ask(
  settings: S3Settings,
  title: string,
  request: S3Request,
): Promise<S3Answer> {
  return pRetry(() => askOnce(settings, title, request), TRIES);
}

async function askOnce(settings: S3Settings, title: string, request: S3Request): Promise<S3Answer> {
  const signed = await sign(settings, request);
  const bytes = request.mostBytes + (request.content?.length ?? 0);
  const { method, content } = request;
  const within = settings.timeoutMs + Math.ceil(bytes / BYTES_A_MS);
  try {
    const response = await fetch(signed.url, {
      method,
      headers: signed.headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(within),
      ...(content === undefined ? {} : { body: content }),
    });
    const { status, headers } = response;
    const body = await bodyOf(response, response.ok ? request.mostBytes : LARGEST_ERROR);
    if (status < 500 && status !== 429 && status !== 408) return { status, headers, body };
    throw unreachable(title, answered({ status, headers, body }));
  } catch (error) {
    if (isFetchFault(error)) throw unreachable(title, `does not answer (${wordOf(error)})`);
    throw error;
  }
}

/** The rest of a sentence: what it answered instead of what was asked for. */
export function answered({ status, body }: S3Answer): string {
  const code = body === null ? null : codeIn(body);
  return code === null ? `answered ${status}` : `answered ${status} (${code})`;
}

async function sign(settings: S3Settings, { method, key, query, headers, content }: S3Request) {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = settings;
  const url = new URL(endpoint);
  url.pathname = [url.pathname.replace(/\/+$/, ''), bucket, key].join('/').replace(/\/$/, '');
  url.search = new URLSearchParams(query).toString();
  const signer = new AwsV4Signer({
    method,
    url: url.toString(),
    headers: { ...headers, 'x-amz-content-sha256': hashOf(content ?? new Uint8Array()) },
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
  });
  const signed = await signer.sign();
  // Not signed, because what stands between may change it.
  signed.headers.set('accept-encoding', 'identity');
  return signed;
}

/** Null where there is more; the rest is not taken in. */
async function bodyOf({ body }: Response, mostBytes: number): Promise<Buffer | null> {
  if (body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > mostBytes) return null; // leaving the loop ends the request
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** Of the line, or of our time-out; their texts may hold the address. */
function isFetchFault(error: unknown): error is Error {
  return error instanceof DOMException || error instanceof TypeError;
}

function wordOf(error: Error): string {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? code : error.name;
}
