// Kraken's errors: always HTTP 200 with a list of error texts.
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
  'invalid-client-order-id': 'EGeneral:Invalid arguments:cl_ord_id',
  'duplicate-client-order-id': 'EOrder:Duplicate cl_ord_id',
  'insufficient-funds': 'EOrder:Insufficient funds',
  'post-only-would-cross': 'EOrder:Post only order',
  'reduce-only-rejected': 'EOrder:Reduce only:No position exists',
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

export function wordKrakenServerError(): Reply {
  return { status: 503, body: { error: ['EService:Unavailable'] } };
}
