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
        kr('EAPI:Invalid key', 'AuthenticationError'),
        kr('EAPI:Invalid signature', 'ExchangeError'),
        kr('EGeneral:Permission denied', 'PermissionDenied'),
        kr('EGeneral:Invalid arguments', 'BadRequest'),
      ],
      VenueUnreadable: [
        kr('EAPI:Invalid nonce', 'InvalidNonce'),
        kr('EAPI:Rate limit exceeded', 'DDoSProtection'),
        kr('EGeneral:Too many requests', 'DDoSProtection'),
        kr('EGeneral:Temporary lockout', 'DDoSProtection'),
        kr('EGeneral:Internal error', 'ExchangeNotAvailable'),
        kr('EService:Unavailable', 'ExchangeNotAvailable'),
        kr('EService:Busy', 'ExchangeNotAvailable'),
        kr('EService:Timeout', 'ExchangeError'),
        kr('EService:Deadline elapsed', 'ExchangeError'),
        kr('EService:Market in cancel_only mode', 'OnMaintenance'),
        [200, '{"error":["EService:Throttled: 1764000000"]}', 'ExchangeError EService:Throttled'],
        page(520),
      ],
    },
    cancel: '/CancelOrder',
    cancels: {
      VenueRefused: [
        kr('EOrder:Unknown order', 'InvalidOrder'),
        kr('EGeneral:Permission denied', 'PermissionDenied'),
        [200, '{"error":[],"result":{"count":0}}', 'OrderNotFound none cancelled'],
      ],
      OutcomeUnknown: [
        kr('EAPI:Rate limit exceeded', 'DDoSProtection'),
        kr('EOrder:Rate limit exceeded', 'DDoSProtection'),
        kr('EGeneral:Internal error', 'ExchangeNotAvailable'),
        kr('EService:Unavailable', 'ExchangeNotAvailable'),
        kr('EService:Busy', 'ExchangeNotAvailable'),
        kr('EService:Timeout', 'ExchangeError'),
        kr('EService:Deadline elapsed', 'ExchangeError'),
        kr('EService:Market in cancel_only mode', 'OnMaintenance'),
        [200, '{"error":[]}', 'BadResponse malformed answer from private/CancelOrder'],
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
        kf('authenticationError', 'AuthenticationError'),
        kf('invalidArgument', 'BadRequest'),
        kf('accountInactive', 'ExchangeError'),
      ],
      VenueUnreadable: [
        kf('apiLimitExceeded', 'RateLimitExceeded'),
        kf('apiLimitExceeded', 'DDoSProtection', 429),
        kf('nonceBelowThreshold', 'InvalidNonce'),
        kf('nonceDuplicate', 'InvalidNonce'),
        kf('Unavailable', 'ExchangeNotAvailable'),
        kf('marketUnavailable', 'ContractUnavailable'),
        kf('Server Error', 'ExchangeError'),
        kf('unknownError', 'ExchangeError'),
        page(500),
      ],
    },
    cancel: '/cancelorder',
    cancels: {
      VenueRefused: [
        told('notFound', 'OrderNotFound'),
        told('filled', 'OrderNotFound'),
        kf('authenticationError', 'AuthenticationError'),
        kf('notFound', 'BadRequest'),
      ],
      OutcomeUnknown: [
        told('aWordOfTomorrow', 'BadResponse'),
        kf('apiLimitExceeded', 'RateLimitExceeded'),
        kf('nonceBelowThreshold', 'InvalidNonce'),
        kf('Unavailable', 'ExchangeNotAvailable'),
        kf('marketUnavailable', 'ContractUnavailable'),
        kf('Server Error', 'ExchangeError'),
        kf('unknownError', 'ExchangeError'),
        [200, '{"result":"success"}', 'BadResponse malformed answer from api/cancelorder'],
      ],
    },
  }));
