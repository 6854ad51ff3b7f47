/** How long venues want to be left alone, in each of the ways in which they say so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestFacts } from '../../../../clients/exchange/budget/charge.js';
import { stayAwayMs } from '../../../../clients/exchange/connection/rate-limits.js';
import { venueOf } from '../../../../clients/exchange/venues/index.js';

const NOW = 1_750_000_000_000;

type Said = [what: string, status: number, text: string, headers: object, ms: number | null];

const ANYONE: Said[] = [
  ['429 with a number', 429, '', { 'Retry-After': '7' }, 7_000],
  ['429 with a date', 429, '', { 'retry-after': new Date(NOW + 9_000).toUTCString() }, 9_000],
  ['429 without', 429, '', {}, 10_000],
  ['503 that says for how long', 503, '', { 'Retry-After': '30' }, 30_000],
  ['503 that does not', 503, '', {}, null],
  ['something else', 400, '{"code":-1100}', {}, null],
];
const BY_VENUE: [ccxt: string, ...Said][] = [
  [
    'binance',
    'a ban with its end',
    418,
    `banned until ${NOW + 120_000}.`,
    { 'Retry-After': '1' },
    120_000,
  ],
  [
    'binanceusdm',
    '-1003 with another status',
    400,
    '{"code":-1003,"msg":"x"}',
    { 'Retry-After': '3' },
    3_000,
  ],
  ['kraken', 'its counter', 200, '{"error":["EAPI:Rate limit exceeded"]}', {}, 6_000],
  ['kraken', 'its lockout', 200, '{"error":["EGeneral:Temporary lockout"]}', {}, 900_000],
  ['kraken', 'its front', 200, '{"error":["EGeneral:Too many requests"]}', {}, 10_000],
  ['krakenfutures', 'its limit', 200, '{"result":"error","error":"apiLimitExceeded"}', {}, 10_000],
];
const VENUES = ['binance', 'binanceusdm', 'coinbase', 'kraken', 'krakenfutures', 'another'];
const SAID = [
  ...VENUES.flatMap((ccxt) => ANYONE.map((said) => [ccxt, ...said] as const)),
  ...BY_VENUE,
  // A venue whose words nobody has read may use anyone's.
  ...BY_VENUE.map(([, ...said]) => ['another', ...said] as const),
];

for (const [ccxt, what, status, text, headers, ms] of SAID) {
  test(`${ccxt}: ${what}: ${ms === null ? 'no word about it' : `${ms / 1000} s`}`, () => {
    const { words } = venueOf(ccxt).profile;
    const told = stayAwayMs({ status, text, headers: { ...headers } }, words, NOW);
    assert.ok(ms === null ? told === null : Math.abs((told ?? -1) - ms) < 1_000, String(told));
  });
}

test("a ban from one of Binance's hosts closes all that is asked of it, and nothing else", () => {
  const request = (api: string): RequestFacts => {
    const terms = { path: 'x', params: {}, cost: 1, signed: true, urgent: false };
    return { api, ...terms };
  };
  const closed = (ccxt: string, api: string) => {
    const { charges, bans = charges } = venueOf(ccxt).profile.limits;
    return bans(request(api), { msPerCost: 50, tier: 'starter' }).map(({ bucket }) => bucket);
  };
  assert.deepEqual(closed('binance', 'private'), ['spot', 'wallet']);
  assert.deepEqual(closed('binance', 'sapi'), ['spot', 'wallet']);
  assert.deepEqual(closed('binanceusdm', 'fapiPrivate'), ['futures']);
  assert.deepEqual(closed('kraken', 'private'), ['private']);
});

test('of a page of any length only the beginning is searched', () => {
  const { words } = venueOf('kraken').profile;
  const limit = '{"error":["EAPI:Rate limit exceeded"]}';
  const answer = (text: string) => stayAwayMs({ status: 200, headers: {}, text }, words, NOW);
  assert.equal(answer(`${' '.repeat(10_000)}${limit}`), null);
  assert.equal(answer(`${limit}${' '.repeat(10_000)}`), 6_000);
});
