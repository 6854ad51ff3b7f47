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
  `malformed_answer no JSON from ${from}`,
];
const BANNED = `Way too many requests; IP banned until ${Date.now() + 60_000}.`;

const binance = (api: string): Omit<Table, 'openOrders' | 'cancel'> => ({
  reads: {
    VenueRefused: [
      bn(400, -1022, 'key_refused', 'Signature for this request is not valid.'),
      bn(401, -2014, 'key_refused', 'API-key format invalid.'),
      bn(401, -2015, 'key_refused', 'Invalid API-key, IP, or permissions for action.'),
    ],
    VenueUnreadable: [
      bn(400, -1021, 'clock_or_nonce', 'Timestamp for this request is outside of the recvWindow.'),
      bn(429, -1003, 'too_many_requests', 'Too many requests queued.'),
      bn(418, -1003, 'too_many_requests', BANNED),
      bn(500, -1000, 'unavailable', 'An unknown error occured while processing the request.'),
      bn(500, -1001, 'unavailable', 'Internal error; unable to process your request.'),
      bn(400, -1006, 'unavailable', 'An unexpected response was received.'),
      bn(408, -1007, 'no_answer', 'Timeout waiting for response from backend server.'),
      bn(503, -1008, 'unavailable', 'Server is currently overloaded.'),
      page(403),
      page(502),
      ...['[{"orderId":1,"symbol":"BTCUSDT"', 'null', '""', '7'].map((text) =>
        noJson(text, `${api}/openOrders`),
      ),
    ],
  },
  cancels: {
    VenueRefused: [
      bn(400, -2011, 'refused', 'Unknown order sent.'),
      bn(401, -2015, 'key_refused', 'Invalid API-key, IP, or permissions for action.'),
    ],
    OutcomeUnknown: [
      bn(400, -1006, 'unavailable', 'Execution status unknown.'),
      bn(408, -1007, 'no_answer', 'Send status unknown; execution status unknown.'),
      bn(500, -1001, 'unavailable', 'Internal error; unable to process your request.'),
      bn(503, -1000, 'unavailable', 'Unknown error, please check your request.'),
      bn(429, -1003, 'too_many_requests', 'Too many requests queued.'),
      bn(400, -4116, 'refused', 'ClientOrderId is duplicated.'),
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
const UNAUTHORIZED: Body = [401, 'Unauthorized\n', 'key_refused'];

test('what Coinbase says when it fails', (t) =>
  errors.check(t, 'coinbase', {
    openOrders: '/orders/historical/batch',
    reads: {
      VenueRefused: [
        UNAUTHORIZED,
        cb(403, 'PERMISSION_DENIED', 'not_permitted'),
        cb(400, 'INVALID_ARGUMENT', 'refused'),
      ],
      VenueUnreadable: [
        cb(429, 'RESOURCE_EXHAUSTED', 'too_many_requests'),
        inList(429, 'rate_limit_exceeded', 'too_many_requests'),
        cb(500, 'INTERNAL', 'unavailable'),
        cb(500, 'unknown', 'unavailable'),
        inList(500, 'internal_server_error', 'unavailable'),
        cb(503, 'UNAVAILABLE', 'unavailable'),
        page(502),
      ],
    },
    cancel: '/orders/batch_cancel',
    cancels: {
      VenueRefused: [
        failed('UNKNOWN_CANCEL_ORDER', 'refused'),
        failed('INVALID_CANCEL_REQUEST', 'refused'),
        failed('COMMANDER_REJECTED_CANCEL_ORDER', 'refused'),
        failed('ORDER_IS_FULLY_FILLED', 'refused'),
        UNAUTHORIZED,
      ],
      OutcomeUnknown: [
        failed('DUPLICATE_CANCEL_REQUEST', 'unclear'),
        failed('UNKNOWN_CANCEL_FAILURE_REASON', 'unclear'),
        [200, '{"results":[{"success":false,"order_id":"7"}]}', 'unclear it was not cancelled'],
        [
          200,
          '{"results":[{"success":true,"order_id":"8"}]}',
          'malformed_answer malformed answer from batch_cancel: not what was asked for',
        ],
        [200, '{"results":[]}', 'malformed_answer malformed answer from orders/batch_cancel'],
        cb(429, 'RESOURCE_EXHAUSTED', 'too_many_requests'),
        cb(500, 'INTERNAL', 'unavailable'),
      ],
    },
  }));
