// One venue behind HTTP: find the route, apply a fault, check the signature, act, word the answer.
// Invariant: a request is logged exactly once, and a fault before the effect leaves no effect.
import { Refusal } from '../refusal.js';
import { isWrite, type Endpoint } from './endpoints.js';
import type { Fault, Faults } from './faults.js';
import { jsonAnswer, type HttpAnswer, type HttpAsk, type HttpHandler } from './http-server.js';
import type { RequestLog, WriteOutcome } from './request-log.js';
import { routeFinder, type Reply, type Route, type VenueRequest, type Wire } from './route.js';

export interface VenueServerParts {
  readonly wire: Wire;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly nowMs: () => number;
}

const HTML = '<!DOCTYPE html><html><head><title>Maintenance</title></head><body></body></html>';

export function venueHandler(parts: VenueServerParts): HttpHandler {
  const { wire, faults } = parts;
  const find = routeFinder(wire.routes);
  return (ask) => {
    const found = find(ask.method, ask.url.pathname);
    if (!found) {
      const refusal = new Refusal('unknown-path', `${ask.method} ${ask.url.pathname}`);
      return toAnswer(wire.wordRefusal(refusal));
    }
    const { route, tail } = found;
    const request = toVenueRequest(ask, tail);
    const fault = faults.spend(wire.venue, endpointOf(route, request));
    if (fault && fault.kind !== 'timeout-after') {
      note(parts, route, request, { outcome: 'dropped', fault: fault.kind });
      return faultAnswer(wire, fault);
    }
    const reply = act(parts, route, request, fault);
    return fault ? undefined : toAnswer(reply);
  };
}

function act(
  parts: VenueServerParts,
  route: Route,
  request: VenueRequest,
  fault: Fault | undefined,
): Reply {
  try {
    if (route.signed) parts.wire.authenticate(request);
    const reply = route.handle(request);
    note(parts, route, request, {
      outcome: outcomeOf(reply),
      venueOrderId: reply.venueOrderId,
      reason: reply.refused,
      fault: fault?.kind,
    });
    return reply;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    note(parts, route, request, { outcome: 'refused', reason: error.kind, fault: fault?.kind });
    return parts.wire.wordRefusal(error);
  }
}

function endpointOf(route: Route, request: VenueRequest): Endpoint {
  return typeof route.endpoint === 'function' ? route.endpoint(request) : route.endpoint;
}

function outcomeOf(reply: Reply): WriteOutcome {
  if (reply.refused !== undefined) return 'refused';
  return reply.repeated === true ? 'repeated' : 'accepted';
}

interface WriteNote {
  readonly outcome: WriteOutcome;
  readonly venueOrderId?: string | undefined;
  readonly reason?: string | undefined;
  readonly fault?: Fault['kind'] | undefined;
}

function note(
  parts: VenueServerParts,
  route: Route,
  request: VenueRequest,
  written: WriteNote,
): void {
  const { log, wire } = parts;
  const endpoint = endpointOf(route, request);
  if (!isWrite(endpoint)) {
    log.countRead(wire.venue, endpoint);
    return;
  }
  const ids = route.identify?.(request);
  log.addWrite({
    venue: wire.venue,
    endpoint,
    timeMs: parts.nowMs(),
    clientOrderId: ids?.clientOrderId,
    ...written,
    venueOrderId: written.venueOrderId ?? ids?.venueOrderId,
  });
}

function faultAnswer(wire: Wire, fault: Fault): HttpAnswer | undefined {
  switch (fault.kind) {
    case 'timeout-before':
    case 'timeout-after':
      return undefined;
    case 'rate-limit':
      return toAnswer(wire.wordRateLimit(fault.retryAfterS ?? 1));
    case 'server-error':
      return toAnswer(wire.wordServerError());
    case 'empty-object':
      return jsonAnswer(200, {});
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html' }, text: HTML };
  }
}

function toVenueRequest(ask: HttpAsk, tail: string): VenueRequest {
  const params = new URLSearchParams(ask.url.search);
  const contentType = ask.headers['content-type'] ?? '';
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    for (const [name, value] of new URLSearchParams(ask.body)) params.set(name, value);
  }
  return {
    method: ask.method,
    path: ask.url.pathname,
    rawQuery: ask.url.search.slice(1),
    body: ask.body,
    headers: ask.headers,
    tail,
    params,
  };
}

function toAnswer(reply: Reply): HttpAnswer {
  const status = reply.status ?? 200;
  const base =
    typeof reply.body === 'string'
      ? { status, headers: { 'content-type': 'text/plain' }, text: reply.body }
      : jsonAnswer(status, reply.body);
  return { ...base, headers: { ...base.headers, ...reply.headers } };
}
