/** Kraken's errors: always HTTP 200 with a list of error texts. */
import type { Reply } from '../../http/route.js';
import type { Refusal, RefusalKind } from '../../refusal.js';

const WORDINGS: Readonly<Record<RefusalKind, string>> = {
  'bad-key': 'EAPI:Invalid key',
  'bad-signature': 'EAPI:Invalid signature',
  'stale-timestamp': 'EAPI:Invalid nonce',
  'invalid-nonce': 'EAPI:Invalid nonce',
  'bad-symbol': 'EQuery:Unknown asset pair',
  'invalid-argument': 'EGeneral:Invalid arguments',
  'filter-failure': 'EGeneral:Invalid arguments:volume',
  'notional-too-small': 'EOrder:Cost minimum not met',
  'invalid-client-order-id': 'EGeneral:Invalid arguments:cl_ord_id',
  'duplicate-client-order-id': 'EOrder:Duplicate cl_ord_id',
  'insufficient-funds': 'EOrder:Insufficient funds',
  'post-only-would-cross': 'EOrder:Post only order',
  'reduce-only-rejected': 'EOrder:Reduce only:No position exists',
  'would-trigger': 'EOrder:Invalid price',
  'position-side-mismatch': 'EGeneral:Invalid arguments',
  'position-mode-unchanged': 'EGeneral:Invalid arguments',
  'position-mode-locked': 'EGeneral:Invalid arguments',
  'unknown-order': 'EOrder:Unknown order',
  'not-cancellable': 'EOrder:Unknown order',
  maintenance: 'EService:Unavailable',
  'cancel-only': 'EService:Market in cancel_only mode',
  'unknown-path': 'EGeneral:Unknown method',
};

export function wordKrakenRefusal(refusal: Refusal): Reply {
  return { body: { error: [WORDINGS[refusal.kind]] } };
}

export function wordKrakenRateLimit(retryAfterS: number): Reply {
  return {
    status: 429,
    headers: { 'retry-after': String(retryAfterS) },
    body: { error: ['EAPI:Rate limit exceeded'] },
  };
}

/** A lock-out is an error like any other; that it says how long is the sandbox's courtesy. */
export function wordKrakenBan(retryAfterS: number): Reply {
  return {
    headers: { 'retry-after': String(retryAfterS) },
    body: { error: ['EGeneral:Temporary lockout'] },
  };
}

/** A gateway's time-out says nothing of the effect; Kraken words it so. */
export function wordKrakenServerError(status = 503): Reply {
  const late = status === 504 || status === 524;
  return { status, body: { error: [late ? 'EService:Deadline elapsed' : 'EService:Unavailable'] } };
}
