/** Error bodies of Binance and Coinbase as these document them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openErrorBench, page, type Body, type ErrorBench, type Table } from './recorded-errors.js';

let errors: ErrorBench;
before(async () => {
  errors = await openErrorBench('binance', 'binanceusdm', 'coinbase');
});
after(() => errors.close());

/** Binance: its error codes, under its HTTP return codes. */
const bn = (status: number, code: number, shown: string, msg = ''): Body => [
  status,
  `{"code":${code},"msg":"${msg}"}`,
  `${shown} ${code}`,
];
const noJson = (text: string, from: string): Body => [
  200,
  text,
  `BadResponse no JSON from ${from}`,
];
const BANNED = `Way too many requests; IP banned until ${Date.now() + 60_000}.`;

const binance = (api: string): Omit<Table, 'openOrders' | 'cancel'> => ({
  reads: {
    VenueRefused: [
      bn(400, -1022, 'AuthenticationError', 'Signature for this request is not valid.'),
      bn(401, -2014, 'AuthenticationError', 'API-key format invalid.'),
      bn(401, -2015, 'AuthenticationError', 'Invalid API-key, IP, or permissions for action.'),
    ],
    VenueUnreadable: [
      bn(400, -1021, 'InvalidNonce', 'Timestamp for this request is outside of the recvWindow.'),
      bn(429, -1003, 'DDoSProtection', 'Too many requests queued.'),
      bn(418, -1003, 'DDoSProtection', BANNED),
      bn(500, -1000, 'OperationFailed', 'An unknown error occured while processing the request.'),
      bn(500, -1001, 'OperationFailed', 'Internal error; unable to process your request.'),
      bn(400, -1006, 'OperationFailed', 'An unexpected response was received.'),
      bn(408, -1007, 'RequestTimeout', 'Timeout waiting for response from backend server.'),
      bn(503, -1008, 'ExchangeNotAvailable', 'Server is currently overloaded.'),
      page(403),
      page(502),
      ...['[{"orderId":1,"symbol":"BTCUSDT"', 'null', '""', '7'].map((text) =>
        noJson(text, `${api}/openOrders`),
      ),
    ],
  },
  cancels: {
    VenueRefused: [
      bn(400, -2011, 'OrderNotFound', 'Unknown order sent.'),
      bn(401, -2015, 'AuthenticationError', 'Invalid API-key, IP, or permissions for action.'),
    ],
    OutcomeUnknown: [
      bn(400, -1006, 'OperationFailed', 'Execution status unknown.'),
      bn(408, -1007, 'RequestTimeout', 'Send status unknown; execution status unknown.'),
      bn(500, -1001, 'OperationFailed', 'Internal error; unable to process your request.'),
      bn(503, -1000, 'OperationFailed', 'Unknown error, please check your request.'),
      bn(429, -1003, 'DDoSProtection', 'Too many requests queued.'),
      bn(400, -4116, 'ExchangeError', 'ClientOrderId is duplicated.'),
      page(502),
    ],
  },
});

test('what Binance spot says when it fails', (t) =>
  errors.check(t, 'binance', {
    openOrders: '/api/v3/openOrders',
    cancel: '/api/v3/order',
    ...binance('api'),
  }));

test('what Binance USD-M says when it fails', (t) =>
  errors.check(t, 'binanceusdm', {
    openOrders: '/fapi/v1/openOrders',
    cancel: '/fapi/v1/order',
    ...binance('fapi'),
  }));

test('a key that may trade and not read the wallet tells no flows', async () => {
  const [status, text] = bn(401, -2015, '', 'Invalid API-key, IP, or permissions for action.');
  errors.at('binance').answer('/capital/deposit/hisrec', text, status);
  assert.equal(await errors.at('binance').account.cashFlowsSince(Date.now() - 1_000), null);
  errors.at('binance').forget();
});

/** Coinbase: an error by its name, or a list of one. */
const cb = (status: number, error: string, shown: string): Body => [
  status,
  `{"error":"${error}","code":8,"message":"a text","details":[]}`,
  `${shown} ${error}`,
];
const inList = (status: number, id: string, shown: string): Body => [
  status,
  `{"errors":[{"id":"${id}","message":"a text"}]}`,
  `${shown} ${id}`,
];
/** POST /orders/batch_cancel: success here is about one order of the request. */
const failed = (reason: string, shown: string): Body => [
  200,
  `{"results":[{"success":false,"failure_reason":"${reason}","order_id":"7"}]}`,
  `${shown} cancel status ${reason}`,
];
const UNAUTHORIZED: Body = [401, 'Unauthorized\n', 'AuthenticationError'];

test('what Coinbase says when it fails', (t) =>
  errors.check(t, 'coinbase', {
    openOrders: '/orders/historical/batch',
    reads: {
      VenueRefused: [
        UNAUTHORIZED,
        cb(403, 'PERMISSION_DENIED', 'PermissionDenied'),
        cb(400, 'INVALID_ARGUMENT', 'BadRequest'),
      ],
      VenueUnreadable: [
        cb(429, 'RESOURCE_EXHAUSTED', 'RateLimitExceeded'),
        inList(429, 'rate_limit_exceeded', 'RateLimitExceeded'),
        cb(500, 'INTERNAL', 'ExchangeNotAvailable'),
        cb(500, 'unknown', 'ExchangeNotAvailable'),
        inList(500, 'internal_server_error', 'ExchangeNotAvailable'),
        cb(503, 'UNAVAILABLE', 'ExchangeNotAvailable'),
        page(502),
      ],
    },
    cancel: '/orders/batch_cancel',
    cancels: {
      VenueRefused: [
        failed('UNKNOWN_CANCEL_ORDER', 'OrderNotFound'),
        failed('INVALID_CANCEL_REQUEST', 'InvalidOrder'),
        failed('COMMANDER_REJECTED_CANCEL_ORDER', 'InvalidOrder'),
        failed('ORDER_IS_FULLY_FILLED', 'InvalidOrder'),
        UNAUTHORIZED,
      ],
      OutcomeUnknown: [
        failed('DUPLICATE_CANCEL_REQUEST', 'OperationFailed'),
        failed('UNKNOWN_CANCEL_FAILURE_REASON', 'OperationFailed'),
        [200, '{"results":[{"success":false,"order_id":"7"}]}', 'OperationFailed'],
        [
          200,
          '{"results":[{"success":true,"order_id":"8"}]}',
          'BadResponse malformed answer from batch_cancel',
        ],
        [200, '{"results":[]}', 'BadResponse malformed answer from orders/batch_cancel'],
        cb(429, 'RESOURCE_EXHAUSTED', 'RateLimitExceeded'),
        cb(500, 'INTERNAL', 'ExchangeNotAvailable'),
      ],
    },
  }));
