/**
 * One venue behind HTTP: find the route, apply a fault, check the signature, act, word the answer.
 *
 * Invariant: a request is logged exactly once, and a fault before the effect leaves no effect.
 */
import { Refusal } from '../refusal.js';
import { isWrite, type Endpoint } from './endpoints.js';
import { distort, hidesEffect, refusalOf, replacement, toAnswer } from './fault-answers.js';
import type { Fault, FaultKind, Faults } from './faults.js';
import type { HttpAsk, HttpHandler, HttpOutcome } from './http-server.js';
import { hasRowsBefore, oneRowLater, PageMemory } from './pages.js';
import { PastAnswers } from './past-answers.js';
import { proofOf } from './proof.js';
import type { RequestLog, WriteOutcome } from './request-log.js';
import { routeFinder, type Reply, type Route, type VenueRequest, type Wire } from './route.js';
import type { VenueClock } from './venue-clock.js';

export interface VenueServerParts {
  wire: Wire;
  faults: Faults;
  log: RequestLog;
  nowMs: () => number;
  clock: VenueClock;
  /** Lets a read see the ledger as it was. */
  ledger: { readAsOf<Result>(atMs: number, read: () => Result): Result };
}

interface Call {
  route: Route;
  request: VenueRequest;
  endpoint: Endpoint;
  fault: Fault | undefined;
}

export function venueHandler(parts: VenueServerParts): HttpHandler {
  const { wire, faults, log } = parts;
  const find = routeFinder(wire.routes);
  const server = new VenueServer(parts);
  return (ask) => {
    const found = find(ask.method, ask.url.pathname);
    if (!found) {
      log.tally(wire.venue, 1);
      const refusal = new Refusal('unknown-path', `${ask.method} ${ask.url.pathname}`);
      return toAnswer(wire.wordRefusal(refusal));
    }
    const { route, tail } = found;
    const request = toVenueRequest(ask, tail);
    const endpoint =
      typeof route.endpoint === 'function' ? route.endpoint(request) : route.endpoint;
    log.tally(wire.venue, weightOf(route, request));
    if (route.signed) log.addProof(proofOf(request));
    const call = { route, request, endpoint };
    server.forgetOldPages();
    const fault = faults.spend(wire.venue, endpoint, (armed) => server.canShow(armed, call));
    return server.serve({ ...call, fault });
  };
}

class VenueServer {
  readonly #parts: VenueServerParts;
  #pages = new PageMemory();
  #changesSeen = 0;
  readonly #past = new PastAnswers();

  constructor(parts: VenueServerParts) {
    this.#parts = parts;
  }

  /** Pages count from the arming on: what was read before is no page before. */
  forgetOldPages(): void {
    const { changes } = this.#parts.faults;
    if (changes === this.#changesSeen) return;
    this.#changesSeen = changes;
    this.#pages = new PageMemory();
  }

  canShow({ kind }: Fault, { route, request, endpoint }: Omit<Call, 'fault'>): boolean {
    const hasPageBefore = () => this.#pages.hasPageBefore(request);
    const shows: Partial<Record<FaultKind, () => boolean>> = {
      'revoked-key': () => route.signed,
      stale: () => !isWrite(endpoint),
      'duplicate-page': () => !isWrite(endpoint) && this.#pages.canDuplicate(route, request),
      'shifting-page': () => !isWrite(endpoint) && hasPageBefore(),
      'dropping-page': () => hasRowsBefore(request) && hasPageBefore(),
    };
    return shows[kind]?.() ?? true;
  }

  serve(call: Call): HttpOutcome {
    const { fault, request } = call;
    if (!fault) return toAnswer(this.#answer(call));
    const instead = replacement(this.#parts.wire, fault, request);
    if (instead !== undefined && !hidesEffect(fault)) {
      this.#note(call, unanswered(fault));
      return instead;
    }
    const reply = this.#underFault(call, fault);
    return instead ?? distort(toAnswer(reply), fault);
  }

  #underFault(call: Call, fault: Fault): Reply {
    const { route, request } = call;
    const { clock, nowMs } = this.#parts;
    const answers: Partial<Record<FaultKind, () => Reply>> = {
      'clock-skew': () => clock.skewed(fault.skewMs ?? 60_000, () => this.#answer(call)),
      stale: () => this.#answerAsOf(call, nowMs() - (fault.ageMs ?? 60_000)),
      'duplicate-page': () =>
        this.#answer(call, (reply) => this.#pages.duplicate(route, request, reply)),
      'shifting-page': () =>
        this.#answer(call, (reply) => this.#pages.shift(route, request, reply)),
      'dropping-page': () => this.#answer({ ...call, request: oneRowLater(request) }),
    };
    return answers[fault.kind]?.() ?? this.#answer(call);
  }

  #answerAsOf(call: Call, atMs: number): Reply {
    const older = (reply: Reply) => this.#past.asOf(call.request, atMs) ?? reply;
    return this.#parts.ledger.readAsOf(atMs, () => this.#answer(call, older));
  }

  /** What is remembered is the true answer, also when another one is given. */
  #answer(call: Call, change: (reply: Reply) => Reply = (reply) => reply): Reply {
    const { route, request, endpoint } = call;
    const reply = this.#act(call);
    const given = change(reply);
    if (!isWrite(endpoint)) {
      this.#pages.remember(route, request, reply);
      this.#past.remember(endpoint, request, { timeMs: this.#parts.nowMs(), reply });
    }
    return given;
  }

  #act(call: Call): Reply {
    const { wire } = this.#parts;
    const { route, request } = call;
    try {
      if (route.signed) wire.authenticate(request);
      const reply = route.handle(request);
      this.#note(call, {
        outcome: outcomeOf(reply),
        venueOrderId: reply.venueOrderId,
        reason: reply.refused,
      });
      return reply;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#note(call, { outcome: 'refused', reason: error.kind });
      return wire.wordRefusal(error);
    }
  }

  #note({ route, request, endpoint, fault }: Call, written: WriteNote): void {
    const { log, wire, nowMs } = this.#parts;
    if (!isWrite(endpoint)) {
      log.countRead(wire.venue, endpoint);
      return;
    }
    const ids = route.identify?.(request);
    log.addWrite({
      venue: wire.venue,
      endpoint,
      timeMs: nowMs(),
      clientOrderId: ids?.clientOrderId,
      fault: fault?.kind,
      ...written,
      venueOrderId: written.venueOrderId ?? ids?.venueOrderId,
    });
  }
}

interface WriteNote {
  outcome: WriteOutcome;
  venueOrderId?: string | undefined;
  reason?: string | undefined;
}

function unanswered(fault: Fault): WriteNote {
  const refusal = refusalOf(fault);
  return refusal ? { outcome: 'refused', reason: refusal.kind } : { outcome: 'dropped' };
}

function outcomeOf(reply: Reply): WriteOutcome {
  if (reply.refused !== undefined) return 'refused';
  return reply.repeated === true ? 'repeated' : 'accepted';
}

function weightOf({ weight = 1 }: Route, request: VenueRequest): number {
  return typeof weight === 'function' ? weight(request) : weight;
}

function toVenueRequest(ask: HttpAsk, tail: string): VenueRequest {
  return {
    method: ask.method,
    path: ask.url.pathname,
    rawQuery: ask.url.search.slice(1),
    body: ask.body,
    headers: ask.headers,
    tail,
    params: paramsOf(ask),
  };
}

function paramsOf({ url, headers, body }: HttpAsk): URLSearchParams {
  const params = new URLSearchParams(url.search);
  const sent = bodyParams(headers['content-type'] ?? '', body);
  for (const name of sent.keys()) params.delete(name);
  for (const [name, value] of sent) params.append(name, value);
  return params;
}

function bodyParams(contentType: string, body: string): URLSearchParams {
  if (contentType.startsWith('application/x-www-form-urlencoded')) return new URLSearchParams(body);
  if (!contentType.startsWith('application/json')) return new URLSearchParams();
  try {
    const fields = Object.entries(JSON.parse(body) as Record<string, unknown>);
    const flat = fields.filter(([, value]) => typeof value !== 'object');
    return new URLSearchParams(Object.fromEntries(flat) as Record<string, string>);
  } catch {
    // Wires that read JSON themselves say what is wrong with it.
    return new URLSearchParams();
  }
}
