/**
 * A server that speaks as much S3 as the store needs, and fails on demand. It looks at each signature
 * by its own means; the real server is for another file.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { signatureFault } from './signature.js';

export const KEYS = { accessKeyId: 'AKIATESTKEY', secretAccessKey: 'SecretThatNobodyMayRead' };
const BUCKET = 'fleet';

export interface FaultyS3 {
  settings: typeof KEYS & { endpoint: string; bucket: string; region: string; timeoutMs: number };
  /** By key, without the bucket. */
  objects: Map<string, Buffer>;
  /** `METHOD key`, in order. */
  asked: string[];
  /** Answers instead of the store while it gives true; told how many requests came before. */
  instead: (answer: ServerResponse, request: IncomingMessage, before: number) => boolean;
}

export async function openFaultyS3(t: TestContext): Promise<FaultyS3> {
  const s3: FaultyS3 = {
    settings: { ...KEYS, endpoint: '', bucket: BUCKET, region: 'eu-central-1', timeoutMs: 2_000 },
    objects: new Map(),
    asked: [],
    instead: () => false,
  };
  const server = createServer((request, answer) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? '', 'http://s3');
      const key = decodeURIComponent(url.pathname).replace(`/${BUCKET}`, '').replace(/^\//, '');
      const { method = '' } = request;
      s3.asked.push(`${method} ${key}`);
      if (s3.instead(answer, request, s3.asked.length - 1)) return;
      const received = { method, target: request.url ?? '', headers: request.headers, body };
      const fault = signatureFault(received, KEYS.secretAccessKey);
      if (fault !== null) refuse(answer, 403, 'SignatureDoesNotMatch');
      else if (key === '') list(answer, s3, url.searchParams);
      else serve(answer, s3, { method, key, body });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  s3.settings.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return s3;
}

export function refuse(answer: ServerResponse, status: number, code: string): void {
  answer.writeHead(status, { 'content-type': 'application/xml' });
  answer.end(`<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>m</Message></Error>`);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface Asked {
  method: string;
  key: string;
  body: Buffer;
}

function serve(answer: ServerResponse, { objects }: FaultyS3, { method, key, body }: Asked): void {
  if (method === 'PUT') objects.set(key, body);
  const object = objects.get(key);
  if (object === undefined) {
    refuse(answer, 404, 'NoSuchKey');
    return;
  }
  const checksum = createHash('sha256').update(object).digest('base64');
  answer.writeHead(200, {
    'content-length': method === 'PUT' ? 0 : object.length,
    'x-amz-checksum-sha256': checksum,
  });
  answer.end(method === 'GET' ? object : undefined);
}

/** Two a page, so that pages are turned. */
function list(answer: ServerResponse, { objects }: FaultyS3, query: URLSearchParams): void {
  const prefix = query.get('prefix') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).toSorted();
  const from = Number(query.get('continuation-token')?.split('+&')[1] ?? 0);
  const next =
    from + 2 < keys.length
      ? `<NextContinuationToken>t+&amp;${from + 2}</NextContinuationToken>`
      : '';
  const rows = keys.slice(from, from + 2).map((key) => `<Contents><Key>${key}</Key></Contents>`);
  answer.writeHead(200, { 'content-type': 'application/xml' });
  answer.end(
    `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
      `<IsTruncated>${next !== ''}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`,
  );
}
