/**
 * Kraken Futures' errors. A refused order or cancel is a successful answer whose status says why;
 * everything else is an error text.
 */
import type { Reply } from '../../http/route.js';
import type { Refusal, RefusalKind } from '../../refusal.js';

const ERRORS: Partial<Readonly<Record<RefusalKind, string>>> = {
  'bad-key': 'authenticationError',
  'bad-signature': 'authenticationError',
  'stale-timestamp': 'nonceBelowThreshold',
  'invalid-nonce': 'nonceBelowThreshold',
  'bad-symbol': 'contractNotFound',
  maintenance: 'Unavailable',
  'unknown-path': 'notFound',
};

/** Reasons that a send or cancel status gives; the others are errors. */
const STATUSES: Partial<Readonly<Record<RefusalKind, string>>> = {
  'invalid-client-order-id': 'clientOrderIdTooLong',
  'duplicate-client-order-id': 'clientOrderIdAlreadyExist',
  'insufficient-funds': 'insufficientAvailableFunds',
  'post-only-would-cross': 'postWouldExecute',
  'reduce-only-rejected': 'wouldNotReducePosition',
  'unknown-order': 'notFound',
  'not-cancellable': 'notFound',
  'cancel-only': 'marketSuspended',
  'notional-too-small': 'invalidSize',
  'would-trigger': 'invalidPrice',
};

export function statusOf(refusal: Refusal): string | undefined {
  if (refusal.kind !== 'filter-failure') return STATUSES[refusal.kind];
  return refusal.message.startsWith('quantity') ? 'invalidSize' : 'invalidPrice';
}

export function wordKrakenFuturesRefusal(nowMs: () => number) {
  return (refusal: Refusal): Reply => {
    const error = ERRORS[refusal.kind] ?? `invalidArgument: ${refusal.message}`;
    return { status: refusal.kind === 'maintenance' ? 503 : 200, body: failure(error, nowMs()) };
  };
}

export function wordKrakenFuturesRateLimit(nowMs: () => number) {
  return (retryAfterS: number): Reply => ({
    status: 429,
    headers: { 'retry-after': String(retryAfterS) },
    body: failure('apiLimitExceeded', nowMs()),
  });
}

export function wordKrakenFuturesServerError(nowMs: () => number) {
  return (): Reply => ({ status: 503, body: failure('Unavailable', nowMs()) });
}

function failure(error: string, nowMs: number) {
  return { result: 'error', error, serverTime: new Date(nowMs).toISOString() };
}
