/**
 * The control surface over HTTP on loopback, as docs/engine-control.openapi.yaml says.
 *
 * Invariants: every answer has the shape of a published schema; every write goes through
 * ControlWrites; one that trades is told nothing of what it holds.
 */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Order, stateDigest } from '../../../workflows/domain/books/state.js';
import { PositionUpdate } from '../../../workflows/domain/engine/control.js';
import {
  LimitsRequest,
  ShutdownRequest,
  StrategiesRequest,
  SyncRequest,
  type ShutdownMode,
} from './schemas.js';
import { ControlWrites, refuse, type Answer } from './writes.js';
import { DieRequest, type Death } from '../dying.js';
import type { Engine } from '../engine.js';
import { comprehensiveHealth, quickHealth } from './health.js';
import { describeError } from '../log.js';
import { metricsText } from './metrics.js';

export interface ControlParts {
  engine: Engine;
  onShutdown: (mode: ShutdownMode) => void;
  onDie: (how: Death) => void;
}

/** Fails when the port cannot be bound. */
export async function startControl(parts: ControlParts): Promise<FastifyInstance> {
  const server = fastify({ forceCloseConnections: true });
  server.setNotFoundHandler((request, reply) =>
    send(reply, refuse('not_found', `no ${request.method} ${request.url}`)),
  );
  server.setErrorHandler((error, _request, reply) => {
    const { name, message } = describeError(error);
    parts.engine.log.warn({ error: { name, message } }, 'control request failed');
    const refusal = refuse('invalid', message);
    const ours = ((error as { statusCode?: number }).statusCode ?? 500) >= 500;
    return send(reply, ours ? { ...refusal, status: 500 } : refusal);
  });
  // Bound before anything is written, so that a second engine disturbs nothing of the first.
  server.addHook('onRequest', async () => parts.engine.ready);
  addReads(server, parts.engine);
  addWrites(server, parts);
  server.post('/sandbox/die', async (request, reply) => {
    const body = DieRequest.safeParse(request.body);
    if (!body.success) return send(reply, refuse('invalid', 'how is not a known death'));
    afterAnswer(reply, () => parts.onDie(body.data.how));
    return send(reply, { status: 200, body: body.data });
  });
  await server.listen({ host: '127.0.0.1', port: parts.engine.options.config.controlPort });
  return server;
}

function addReads(server: FastifyInstance, engine: Engine): void {
  const { book, checkpoints } = engine;
  server.get('/health/quick', async () => quickHealth(engine));
  server.get('/health/comprehensive', async () => comprehensiveHealth(engine));
  server.get('/state', async () => ({ sequence: checkpoints.sequence, state: book.snapshot() }));
  server.get('/state/digest', async () => digestAnswer(engine));
  server.get('/risk/limits', async () => riskLimits(engine));
  server.get('/risk/exposure', async (_request, reply) => {
    const total = await engine.exposure();
    if (total !== null) return { total };
    return send(reply, { ...refuse('not_found', 'a position has no fresh price'), status: 503 });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4').send(metricsText(engine)),
  );
}

function digestAnswer({ book, checkpoints, options: { instanceId, epoch } }: Engine) {
  const digest = stateDigest(book.snapshot());
  return { digest, sequence: checkpoints.sequence, instanceId, epoch };
}

function riskLimits({ permission, options }: Engine) {
  return { percent: permission.percent, limits: options.config.limits };
}

type Post = <Body>(
  path: string,
  schema: z.ZodType<Body>,
  act: (body: Body, reply: FastifyReply) => unknown,
) => void;

function addWrites(server: FastifyInstance, parts: ControlParts): void {
  const writes = new ControlWrites(parts.engine.options.epoch);
  const post: Post = (path, schema, act) =>
    server.post(path, async (request: FastifyRequest, reply) => {
      const { headers, body } = request;
      const answer = await writes.handle({ path, headers, body }, schema, async (parsed) =>
        act(parsed, reply),
      );
      return send(reply, answer);
    });
  addSteering(post, parts);
  addEntries(post, parts.engine);
}

function addSteering(post: Post, { engine, onShutdown }: ControlParts): void {
  post('/limits', LimitsRequest, ({ percent }) => {
    engine.permission.percent = percent;
    engine.log.info({ percent }, 'limits set');
    return riskLimits(engine);
  });
  post('/strategies', StrategiesRequest, ({ level }) => {
    engine.enableStrategies(level);
    engine.log.info({ level }, 'strategies enabled');
    return { level };
  });
  post('/shutdown', ShutdownRequest, ({ mode }, reply) => {
    // Before the answer: who has it may rely on it that no order leaves any more.
    engine.halt();
    afterAnswer(reply, () => onShutdown(mode));
    return { mode };
  });
}

/** What it holds, told to it. */
function addEntries(post: Post, engine: Engine): void {
  const { book } = engine;
  post('/state/sync', SyncRequest, async () => {
    refuseTrading(engine);
    await engine.sync();
    return digestAnswer(engine);
  });
  post('/state/positions', PositionUpdate, (update) => {
    refuseTrading(engine);
    book.setPosition(update);
    return update;
  });
  post('/state/orders', Order, (order) => {
    refuseTrading(engine);
    return { outcome: book.importOrder(order) };
  });
}

/** A bad request to the one who sends it: it knows better by then. */
function refuseTrading({ followingSinceMs }: Engine): void {
  if (followingSinceMs === null) return;
  throw Object.assign(new Error('it trades, and books what it does itself'), { statusCode: 400 });
}

function afterAnswer(reply: FastifyReply, act: () => void): void {
  // `close` also comes when the client went away without the answer.
  reply.raw.once('close', act);
}

function send(reply: FastifyReply, { status, body }: Answer): FastifyReply {
  return reply.code(status).send(body);
}
