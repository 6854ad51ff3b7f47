/** Coinbase's errors: HTTP errors for reads, and a failure inside a 200 for order placement. */
import type { Reply } from '../../http/route.js';
import type { Refusal, RefusalKind } from '../../refusal.js';

type Wording = readonly [status: number, error: string];

const WORDINGS: Readonly<Record<RefusalKind, Wording>> = {
  'bad-key': [401, 'unauthorized'],
  'bad-signature': [401, 'unauthorized'],
  'stale-timestamp': [401, 'unauthorized'],
  'invalid-nonce': [401, 'unauthorized'],
  'bad-symbol': [400, 'INVALID_ARGUMENT'],
  'invalid-argument': [400, 'INVALID_ARGUMENT'],
  'filter-failure': [200, 'INVALID_SIZE_PRECISION'],
  'notional-too-small': [200, 'ORDER_ENTRY_MIN_QUOTE_SIZE'],
  'invalid-client-order-id': [400, 'INVALID_ARGUMENT'],
  // Never reached: a repeated client id answers with the order it already named.
  'duplicate-client-order-id': [400, 'INVALID_ARGUMENT'],
  'insufficient-funds': [200, 'INSUFFICIENT_FUND'],
  'post-only-would-cross': [200, 'INVALID_LIMIT_PRICE_POST_ONLY'],
  'reduce-only-rejected': [400, 'INVALID_ARGUMENT'],
  'would-trigger': [200, 'INVALID_STOP_PRICE'],
  // Never reached: spot has no position modes.
  'position-side-mismatch': [400, 'INVALID_ARGUMENT'],
  'position-mode-unchanged': [400, 'INVALID_ARGUMENT'],
  'position-mode-locked': [400, 'INVALID_ARGUMENT'],
  'unknown-order': [404, 'unknown'],
  'not-cancellable': [404, 'unknown'],
  maintenance: [503, 'UNAVAILABLE'],
  'cancel-only': [200, 'UNSUPPORTED_ORDER_CONFIGURATION'],
  'unknown-path': [404, 'NOT_FOUND'],
};

export function wordCoinbaseRefusal(refusal: Refusal): Reply {
  const [status, error] = WORDINGS[refusal.kind];
  // The real one answers plain text here.
  if (status === 401) return { status, body: 'Unauthorized' };
  if (status === 200) return { status, body: placementFailure(error, refusal.message) };
  const message = error === 'unknown' ? 'order with this orderID was not found' : refusal.message;
  return { status, body: { error, error_details: message, message } };
}

function placementFailure(error: string, message: string) {
  return {
    success: false,
    failure_reason: 'UNKNOWN_FAILURE_REASON',
    order_id: '',
    error_response: {
      error,
      message,
      error_details: message,
      preview_failure_reason: `PREVIEW_${error}`,
      new_order_failure_reason: error,
    },
  };
}

export function wordCoinbaseRateLimit(retryAfterS: number): Reply {
  return {
    status: 429,
    headers: { 'retry-after': String(retryAfterS) },
    body: { error: 'rate_limit_exceeded', error_details: 'too many requests', message: '' },
  };
}

export function wordCoinbaseServerError(): Reply {
  return { status: 503, body: 'Service Unavailable' };
}
