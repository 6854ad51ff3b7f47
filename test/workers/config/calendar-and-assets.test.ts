/** Calendars of venues, and assets that are declared harmless: each mistake is named where it stands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalWith } from './load-text.js';

const WEEKLY = { days: ['sat'], from: '22:00', until: '02:30' };
const ONCE = { from: '2026-12-01T02:00:00Z', until: '2026-12-01T04:00:00Z' };
const without = (window: object, field: string) =>
  Object.fromEntries(Object.entries(window).filter(([name]) => name !== field));

const WINDOWS: readonly [what: string, window: unknown, why: RegExp | null][] = [
  ['a window of the week', WEEKLY, null],
  ['one of all day', { ...WEEKLY, until: '22:00' }, null],
  ['a window of some instruments', { ...ONCE, instruments: ['BTC/USDT'] }, null],
  ['one that is over before it begins', { ...ONCE, until: ONCE.from }, /until must be after from/],
  ['an instrument of another venue', { ...WEEKLY, instruments: ['SOL/USDT'] }, /names "SOL\/USDT"/],
  ['no instrument', { ...WEEKLY, instruments: [] }, /instruments/],
  ['no day', { ...WEEKLY, days: [] }, /days/],
  ['a day that is none', { ...WEEKLY, days: ['saturday'] }, /days/],
  ['a day twice', { ...WEEKLY, days: ['sat', 'sat'] }, /stands there twice/],
  ['an instrument twice', { ...ONCE, instruments: ['BTC/USDT', 'BTC/USDT'] }, /stands there twice/],
  ['a time that is none', { ...WEEKLY, from: '24:00' }, /from/],
  ['a time without its zero', { ...WEEKLY, from: '2:30' }, /from/],
  ['a date that is none', { ...ONCE, from: '2026-02-30T02:00:00Z' }, /from/],
  ['a time of another zone', { ...ONCE, from: '2026-12-01T02:00:00+01:00' }, /from/],
  ['parts of a second', { ...ONCE, from: '2026-12-01T02:00:00.5Z' }, /from/],
  ['no end', without(ONCE, 'until'), /until/],
  ['no beginning', without(WEEKLY, 'from'), /from/],
  ['days of a date', { ...ONCE, days: ['sat'] }, /closed/],
  ['a setting that nobody reads', { ...WEEKLY, zone: 'CET' }, /zone/],
  ['text', 'weekends', /closed/],
];

for (const [what, window, why] of WINDOWS) {
  test(`a calendar with ${what} is ${why === null ? 'taken' : 'refused'}`, () => {
    const said = refusalWith(['venues', 'binance', 'closed'], [WEEKLY, window]).join('\n');
    if (why === null) return assert.equal(said, '');
    assert.match(said, /venues\.binance\.closed\W*1/, 'it names the window');
    return assert.match(said, why);
  });
}

test('a closed venue is a list of windows', () => {
  assert.match(
    refusalWith(['venues', 'binance', 'closed'], WEEKLY).join(),
    /venues\.binance\.closed/,
  );
});

const HARMLESS = ['engines', 'alpha', 'harmless'];

test('what is declared harmless is an asset of a venue of the engine, once, and no cash', () => {
  assert.deepEqual(refusalWith(HARMLESS, ['binance|NFT', 'binanceusdm|BNFCR']), []);
  for (const [key, why] of [
    ['binanc|NFT', /names "binanc\|NFT": write venue\|ASSET, with one of its venues/],
    ['NFT', /names "NFT": write venue\|ASSET/],
    ['binance|main|NFT', /write venue\|ASSET/],
    ['binance|', /write venue\|ASSET/],
    ['binance|USDT', /names "binance\|USDT", which is cash/],
  ] as const) {
    assert.match(refusalWith(HARMLESS, ['binance|NFT', key]).join('\n'), why, key);
  }
  assert.match(
    refusalWith(HARMLESS, ['binance|NFT', 'binance|NFT']).join('\n'),
    /stands there twice/,
  );
  assert.match(
    refusalWith(HARMLESS, { 'binance|NFT': '1' }).join('\n'),
    /engines\.alpha\.harmless/,
  );
});
