/**
 * The control surface over HTTP on loopback.
 *
 * Invariant: bound before anything is written, so that a second engine disturbs nothing of the first.
 */
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { controlRoutes, failed, type ControlParts, type RouteAnswer } from './routes.js';
import { refuse } from './writes.js';

/** Fails when the port cannot be bound. */
export async function startControl(parts: ControlParts): Promise<FastifyInstance> {
  const server = fastify({ forceCloseConnections: true });
  server.setNotFoundHandler((request, reply) =>
    send(reply, refuse('not_found', `no ${request.method} ${request.url}`)),
  );
  server.setErrorHandler((error, _request, reply) => send(reply, failed(parts.engine, error)));
  for (const { method, path, answer } of controlRoutes(parts)) {
    server.route({
      method,
      url: path,
      handler: async ({ headers, body }, reply) => send(reply, await answer({ headers, body })),
    });
  }
  await server.listen({ host: '127.0.0.1', port: parts.engine.options.config.controlPort });
  return server;
}

function send(reply: FastifyReply, { status, body, after }: RouteAnswer): FastifyReply {
  // `close` also comes when the client went away without the answer.
  if (after !== undefined) reply.raw.once('close', after);
  if (typeof body === 'string') void reply.type('text/plain; version=0.0.4');
  return reply.code(status).send(body);
}
