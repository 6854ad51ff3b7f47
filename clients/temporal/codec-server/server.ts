/**
 * A codec server for Temporal's page and command line: they ask it to decrypt what they show.
 *
 * Invariants: it listens on loopback only, and answers only under a name of loopback, so that no page
 * reaches it by a name of its own that leads here; it decodes for who has the token, and for a page of
 * one origin; it encodes nothing, because that would sign for anybody; nothing that is sent stops it.
 */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Cipher } from '../messages/cipher.js';
import { DecodeRequest, decodeForEyes } from './decode.js';
import { isToken } from './token.js';

const LARGEST_BODY = 16 * 1024 * 1024;
const REQUEST_MS = 30_000;
const MOST_CONNECTIONS = 64;
const LONGEST_PATH = 200;
const ONLY_DECODE = 'only POST /decode is here';

export interface CodecServerParts {
  cipher: Pick<Cipher, 'openAnywhere'>;
  token: string;
  /** 0: any free one. */
  port: number;
  /** The page that may ask, as `http://127.0.0.1:8233`; null: none may. */
  uiOrigin: string | null;
}

export interface CodecServer {
  /** Where it listens, without the token. */
  url: string;
  close(): Promise<void>;
}

/** Fails where the port cannot be bound. */
export async function startCodecServer(parts: CodecServerParts): Promise<CodecServer> {
  const server = fastify({
    bodyLimit: LARGEST_BODY,
    requestTimeout: REQUEST_MS,
    connectionTimeout: REQUEST_MS,
    forceCloseConnections: true,
    // A path may hold the token: no message of the library repeats it.
    logger: false,
  });
  server.removeContentTypeParser('text/plain');
  server.server.maxConnections = MOST_CONNECTIONS;
  server.addHook('onRequest', async (request, reply) => guard(parts, request, reply));
  server.setErrorHandler(async (error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    await refuse(reply, status, WORDS[status] ?? 'this request cannot be read');
  });
  server.setNotFoundHandler(async (_request, reply) => refuse(reply, 404, ONLY_DECODE));
  answerDecode(server, parts);
  await server.listen({ host: '127.0.0.1', port: parts.port });
  const address = server.server.address();
  const port = typeof address === 'object' ? address?.port : parts.port;
  return { url: `http://127.0.0.1:${port}`, close: async () => server.close() };
}

const WORDS: Readonly<Record<number, string>> = {
  413: `a request holds at most ${LARGEST_BODY} bytes`,
  415: 'payloads are sent as application/json',
};

function answerDecode(server: FastifyInstance, { cipher }: CodecServerParts): void {
  server.post('/*', async (request, reply) => {
    const asked = DecodeRequest.safeParse(request.body);
    if (!asked.success) return refuse(reply, 400, 'the body is no {"payloads": [...]} of Temporal');
    return decodeForEyes(cipher, asked.data);
  });
}

interface Refusal {
  status: number;
  why: string;
}

/** Before a byte of the body is read; what it answers goes no further. */
async function guard(
  parts: CodecServerParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  reply.header('cache-control', 'no-store').header('vary', 'origin');
  const stranger = refusedAsker(parts, request);
  if (stranger !== null) return refuse(reply, stranger.status, stranger.why);
  const { origin } = request.headers;
  if (origin !== undefined) reply.header('access-control-allow-origin', origin);
  const path = pathOf(request);
  const wrong = refusedErrand(path, request.method);
  if (wrong !== null) return refuse(reply, wrong.status, wrong.why);
  if (request.method === 'OPTIONS') return allow(reply);
  const authentic = shownTokens(request, path).some((shown) => isToken(parts.token, shown));
  return authentic ? undefined : refuse(reply, 401, 'nothing is decoded without the token');
}

function refusedAsker({ uiOrigin }: CodecServerParts, request: FastifyRequest): Refusal | null {
  if (!isLoopbackName(request))
    return { status: 421, why: 'this server answers as 127.0.0.1 only' };
  const { origin } = request.headers;
  return origin === undefined || origin === uiOrigin
    ? null
    : { status: 403, why: 'pages of this origin may not ask: name the page with --ui' };
}

function refusedErrand(path: string, method: string): Refusal | null {
  const errand = path.length > LONGEST_PATH ? '' : path.slice(path.lastIndexOf('/') + 1);
  if (errand === 'encode') {
    return { status: 404, why: 'nothing is encoded here: that would sign for anybody who asks' };
  }
  if (errand !== 'decode') return { status: 404, why: ONLY_DECODE };
  return ['POST', 'OPTIONS'].includes(method) ? null : { status: 405, why: ONLY_DECODE };
}

function pathOf({ url }: FastifyRequest): string {
  const [path = ''] = url.split('?', 1);
  return path;
}

/** Under any other name it is a page's own, which its owner has pointed at this machine. */
function isLoopbackName({ headers, socket }: FastifyRequest): boolean {
  const { localPort } = socket;
  return ['127.0.0.1', 'localhost'].some((name) => headers.host === `${name}:${localPort}`);
}

/** What a browser asks before it sends a token; it carries none itself. */
async function allow(reply: FastifyReply): Promise<unknown> {
  return reply
    .code(204)
    .header('access-control-allow-methods', 'POST')
    .header('access-control-allow-headers', 'authorization, content-type, x-namespace')
    .header('access-control-max-age', '600')
    .send();
}

/**
 * By header, as `temporal --codec-auth` sends it; or in the path before `decode`, which Temporal's page
 * needs: over http, and without a log-in of its own, it sends no header.
 */
function shownTokens({ headers }: FastifyRequest, path: string): string[] {
  const bearer = /^Bearer ([\w-]{1,100})$/.exec(headers.authorization ?? '')?.[1];
  const inPath = /^\/([\w-]{1,100})\/decode$/.exec(path)?.[1];
  return [bearer, inPath].filter((shown) => shown !== undefined);
}

async function refuse(reply: FastifyReply, status: number, why: string): Promise<unknown> {
  return reply.code(status).send({ error: why });
}
