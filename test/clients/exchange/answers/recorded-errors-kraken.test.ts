/** Error bodies of Kraken and Kraken Futures as these document them. */
import { after, before, test } from 'node:test';
import { openErrorBench, page, type Body, type ErrorBench } from './recorded-errors.js';

let errors: ErrorBench;
before(async () => {
  errors = await openErrorBench('kraken', 'krakenfutures');
});
after(() => errors.close());

/** Kraken: status 200, and what is wrong in a list. */
const kr = (error: string, shown: string): Body => [
  200,
  `{"error":["${error}"]}`,
  `${shown} ${error}`,
];

test('what Kraken says when it fails', (t) =>
  errors.check(t, 'kraken', {
    openOrders: '/OpenOrders',
    reads: {
      VenueRefused: [
        kr('EAPI:Invalid key', 'key_refused'),
        kr('EAPI:Invalid signature', 'refused'),
        kr('EGeneral:Permission denied', 'not_permitted'),
        kr('EGeneral:Invalid arguments', 'refused'),
      ],
      VenueUnreadable: [
        kr('EAPI:Invalid nonce', 'clock_or_nonce'),
        kr('EAPI:Rate limit exceeded', 'too_many_requests'),
        kr('EGeneral:Too many requests', 'too_many_requests'),
        kr('EGeneral:Temporary lockout', 'too_many_requests'),
        kr('EGeneral:Internal error', 'unavailable'),
        kr('EService:Unavailable', 'unavailable'),
        kr('EService:Busy', 'unavailable'),
        kr('EService:Timeout', 'unavailable'),
        kr('EService:Deadline elapsed', 'unavailable'),
        kr('EService:Market in cancel_only mode', 'unavailable'),
        [
          200,
          '{"error":["EService:Throttled: 1764000000"]}',
          'too_many_requests EService:Throttled',
        ],
        page(520),
      ],
    },
    cancel: '/CancelOrder',
    cancels: {
      VenueRefused: [
        kr('EOrder:Unknown order', 'refused'),
        kr('EGeneral:Permission denied', 'not_permitted'),
        [200, '{"error":[],"result":{"count":0}}', 'refused none cancelled'],
      ],
      OutcomeUnknown: [
        kr('EAPI:Rate limit exceeded', 'too_many_requests'),
        kr('EOrder:Rate limit exceeded', 'too_many_requests'),
        kr('EGeneral:Internal error', 'unavailable'),
        kr('EService:Unavailable', 'unavailable'),
        kr('EService:Busy', 'unavailable'),
        kr('EService:Timeout', 'unavailable'),
        kr('EService:Deadline elapsed', 'unavailable'),
        kr('EService:Market in cancel_only mode', 'unavailable'),
        [200, '{"error":[]}', 'malformed_answer malformed answer from private/CancelOrder'],
      ],
    },
  }));

/** Kraken Futures: a result that is "error", and one word. */
const kf = (error: string, shown: string, status = 200): Body => [
  status,
  `{"result":"error","error":"${error}","serverTime":"2026-08-11T19:55:24.251Z"}`,
  `${shown} ${error}`,
];
/** POST /cancelorder: success here is about the request. */
const told = (status: string, shown: string): Body => [
  200,
  `{"result":"success","cancelStatus":{"status":"${status}","order_id":"7"}}`,
  `${shown} cancel status ${status}`,
];

test('what Kraken Futures says when it fails', (t) =>
  errors.check(t, 'krakenfutures', {
    openOrders: '/openorders',
    reads: {
      VenueRefused: [
        kf('authenticationError', 'key_refused'),
        kf('invalidArgument', 'refused'),
        kf('accountInactive', 'refused'),
      ],
      VenueUnreadable: [
        kf('apiLimitExceeded', 'too_many_requests'),
        kf('apiLimitExceeded', 'too_many_requests', 429),
        kf('nonceBelowThreshold', 'clock_or_nonce'),
        kf('nonceDuplicate', 'clock_or_nonce'),
        kf('Unavailable', 'unavailable'),
        kf('marketUnavailable', 'unavailable'),
        kf('Server Error', 'unavailable'),
        kf('unknownError', 'unavailable'),
        page(500),
      ],
    },
    cancel: '/cancelorder',
    cancels: {
      VenueRefused: [
        told('notFound', 'refused'),
        told('filled', 'refused'),
        kf('authenticationError', 'key_refused'),
        kf('notFound', 'refused'),
      ],
      OutcomeUnknown: [
        told('aWordOfTomorrow', 'unclear'),
        kf('apiLimitExceeded', 'too_many_requests'),
        kf('nonceBelowThreshold', 'clock_or_nonce'),
        kf('Unavailable', 'unavailable'),
        kf('marketUnavailable', 'unavailable'),
        kf('Server Error', 'unavailable'),
        kf('unknownError', 'unavailable'),
        [200, '{"result":"success"}', 'malformed_answer malformed answer from api/cancelorder'],
      ],
    },
  }));
