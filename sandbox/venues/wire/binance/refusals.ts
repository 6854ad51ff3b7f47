/** Binance's error codes, spot and USD-M futures. */
import type { Reply } from '../../http/route.js';
import type { Refusal, RefusalKind } from '../../refusal.js';

type Wording = readonly [status: number, code: number, message: string];

const SPOT: Readonly<Record<RefusalKind, Wording>> = {
  'bad-key': [401, -2015, 'Invalid API-key, IP, or permissions for action.'],
  'bad-signature': [400, -1022, 'Signature for this request is not valid.'],
  'stale-timestamp': [400, -1021, 'Timestamp for this request is outside of the recvWindow.'],
  'invalid-nonce': [400, -1021, 'Timestamp for this request is outside of the recvWindow.'],
  'bad-symbol': [400, -1121, 'Invalid symbol.'],
  'invalid-argument': [400, -1102, 'Mandatory parameter was malformed'],
  'filter-failure': [400, -1013, 'Filter failure'],
  'notional-too-small': [400, -1013, 'Filter failure: NOTIONAL'],
  'invalid-client-order-id': [400, -1100, "Illegal characters in 'newClientOrderId'"],
  'duplicate-client-order-id': [400, -2010, 'Duplicate order sent.'],
  'insufficient-funds': [400, -2010, 'Account has insufficient balance for requested action.'],
  'post-only-would-cross': [400, -2010, 'Order would immediately match and take.'],
  'reduce-only-rejected': [400, -2022, 'ReduceOnly Order is rejected.'],
  'would-trigger': [400, -2010, 'Stop price would trigger immediately.'],
  // Only futures have position modes.
  'position-side-mismatch': [400, -4061, "Order's position side does not match user's setting."],
  'position-mode-unchanged': [400, -4059, 'No need to change position side.'],
  'position-mode-locked': [400, -4068, 'Position side cannot be changed'],
  'unknown-order': [400, -2013, 'Order does not exist.'],
  'not-cancellable': [400, -2011, 'Unknown order sent.'],
  maintenance: [503, -1001, 'Internal error; unable to process your request. Please try again.'],
  'cancel-only': [400, -1013, 'Market is closed.'],
  'unknown-path': [404, -5000, 'Path not found'],
};

const FUTURES: Readonly<Record<RefusalKind, Wording>> = {
  ...SPOT,
  'notional-too-small': [
    400,
    -4164,
    "Order's notional is too small (unless you choose reduce only)",
  ],
  'would-trigger': [400, -2021, 'Order would immediately trigger.'],
  'duplicate-client-order-id': [400, -4116, 'ClientOrderId is duplicated.'],
  'insufficient-funds': [400, -2019, 'Margin is insufficient.'],
  'post-only-would-cross': [
    400,
    -5022,
    'Due to the order could not be executed as maker, the Post Only order will be rejected.',
  ],
};

/** Reasons Binance details in the message. */
const DETAILED: readonly RefusalKind[] = [
  'invalid-argument',
  'filter-failure',
  'notional-too-small',
  'position-mode-locked',
  'unknown-path',
];

export function wordBinanceRefusal(market: 'spot' | 'futures') {
  const wordings = market === 'spot' ? SPOT : FUTURES;
  return (refusal: Refusal): Reply => {
    const [status, code, message] = wordings[refusal.kind];
    const detail = DETAILED.includes(refusal.kind) ? `: ${refusal.message}` : '';
    return { status, body: { code, msg: message + detail } };
  };
}

export function wordBinanceRateLimit(retryAfterS: number): Reply {
  return {
    status: 429,
    headers: { 'retry-after': String(retryAfterS) },
    body: {
      code: -1003,
      msg: 'Too many requests; current limit is 6000 request weight per minute.',
    },
  };
}

export function wordBinanceServerError(): Reply {
  return { status: 503, body: 'Service Unavailable' };
}
