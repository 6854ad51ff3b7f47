/**
 * What goes over the wire under a fault.
 *
 * Invariant: a fault that answers something else leaves no effect, unless its name ends in "-after"
 * or it was told to.
 */
import { Refusal } from '../refusal.js';
import type { Fault, FaultKind } from './faults.js';
import { jsonAnswer, type HttpAnswer, type HttpOutcome } from './http-server.js';
import type { Reply, VenueRequest, Wire } from './route.js';

const AFTER_EFFECT: readonly FaultKind[] = [
  'timeout-after',
  'connection-reset-after',
  'server-error-after',
];

/** Whether the venue does what was asked although it answers something else. */
export function hidesEffect({ kind, afterEffect }: Fault): boolean {
  return AFTER_EFFECT.includes(kind) || afterEffect === true;
}

/** A fault that is a refusal is noted as one. */
export function refusalOf({ kind }: Fault): Refusal | undefined {
  if (kind === 'revoked-key') return new Refusal('bad-key', 'the key was revoked');
  if (kind === 'maintenance') return new Refusal('maintenance', 'under maintenance');
  return undefined;
}

type Replace = (wire: Wire, fault: Fault, request: VenueRequest) => HttpOutcome;

const hang: Replace = () => 'hang';
const reset: Replace = () => 'reset';
const refuse: Replace = (wire, fault) => {
  const refusal = refusalOf(fault);
  return refusal ? toAnswer(wire.wordRefusal(refusal)) : 'hang';
};
const fail: Replace = (wire, { status }) =>
  toAnswer(withStatus(wire.wordServerError(status), status));

const REPLACEMENTS: Partial<Readonly<Record<FaultKind, Replace>>> = {
  'timeout-before': hang,
  'timeout-after': hang,
  'connection-reset-before': reset,
  'connection-reset-after': reset,
  'rate-limit': (wire, fault) => toAnswer(wire.wordRateLimit(fault.retryAfterS ?? 1)),
  ban: (wire, fault) => toAnswer(wordBan(wire, fault.retryAfterS ?? 120)),
  'server-error': fail,
  'server-error-after': fail,
  html: (_wire, _fault, request) => html(200, 'Maintenance', request),
  'html-error': (_wire, fault, request) => html(fault.status ?? 403, 'Access denied', request),
  'empty-object': () => jsonAnswer(200, {}),
  'empty-body': () => ({ ...jsonAnswer(200, {}), text: '' }),
  'revoked-key': refuse,
  maintenance: refuse,
};

/** What comes in place of the venue's own answer; undefined when that one is given. */
export function replacement(
  wire: Wire,
  fault: Fault,
  request: VenueRequest,
): HttpOutcome | undefined {
  return REPLACEMENTS[fault.kind]?.(wire, fault, request);
}

/** The venue's own answer as the fault lets it through. */
export function distort(answer: HttpAnswer, fault: Fault): HttpAnswer {
  if (fault.kind === 'truncated-json') {
    return { ...answer, text: answer.text.slice(0, Math.ceil(answer.text.length / 2)) };
  }
  return fault.kind === 'slow' ? { ...answer, delayMs: fault.delayMs ?? 1000 } : answer;
}

export function toAnswer(reply: Reply): HttpAnswer {
  const status = reply.status ?? 200;
  const base =
    typeof reply.body === 'string'
      ? { status, headers: { 'content-type': 'text/plain' }, text: reply.body }
      : jsonAnswer(status, reply.body);
  return { ...base, headers: { ...base.headers, ...reply.headers } };
}

function wordBan(wire: Wire, retryAfterS: number): Reply {
  return wire.wordBan?.(retryAfterS) ?? withStatus(wire.wordRateLimit(retryAfterS), 418);
}

function withStatus(reply: Reply, status: number | undefined): Reply {
  return status === undefined ? reply : { ...reply, status };
}

/** As proxies in front of venues do, it names what was asked for, headers, signature and all. */
function html(status: number, title: string, request: VenueRequest): HttpAnswer {
  const { path, rawQuery, body, headers } = request;
  const asked = `<p>The requested URL ${path}?${rawQuery || body} cannot be served.</p>`;
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  const page = `<body>${asked}<pre>${sent.join('\n')}</pre></body>`;
  const text = `<!DOCTYPE html><html><head><title>${title}</title></head>${page}</html>`;
  return { status, headers: { 'content-type': 'text/html' }, text };
}
