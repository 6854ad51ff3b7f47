/** What becomes of an error's text: codes of the venue and words of ours, and nothing else of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultOf, isFailure } from '../../../../activities/errors.js';
import { readFailure, writeFailure } from '../../../../clients/exchange/answers/failures.js';
import { OurWords } from '../../../../clients/exchange/answers/own-words.js';
import { GENERIC_WORDS } from '../../../../clients/exchange/venues/generic/words.js';
import { ccxt } from '../../../../clients/exchange/connection/ccxt.js';
import { ReadFault } from '../../../../workflows/domain/books/read-fault.js';

const SIGNED =
  'binance GET https://api.example.com/api/v3/openOrders?timestamp=1&signature=canary-5f2c ' +
  '400 Bad Request {"code":-1102,"msg":"canary-msg"}';

const everythingOf = (error: Error & { details?: unknown }) =>
  JSON.stringify([error.message, error.stack, error.cause, error.details]);

test('of a text with a signed address only the code of the venue is told', () => {
  for (const Class of [ccxt.BadRequest, ccxt.ExchangeError, ccxt.NetworkError, Error]) {
    for (const failed of [readFailure, writeFailure]) {
      const failure = failed('binance', 'open orders', new Class(SIGNED), GENERIC_WORDS);
      assert.doesNotMatch(everythingOf(failure), /canary|signature|https:/);
      assert.equal(faultOf(failure, 'binance').code, '-1102');
    }
  }
});

test('an error of nobody is told by its class alone', () => {
  const failure = readFailure('binance', 'fills', new TypeError('canary'), GENERIC_WORDS);
  assert.ok(isFailure(failure, 'VenueUnreadable'));
  const { kind, code, words } = faultOf(failure, 'binance');
  assert.deepEqual([kind, code, words], ['unexpected', 'TypeError', null]);
  assert.doesNotMatch(everythingOf(failure), /canary/);
});

test('a text of any length is searched in its beginning alone', () => {
  // Searched whole by a pattern that tries again at each letter, this one takes hours.
  const letters = 'abcdefghij'.repeat(80_000);
  const shapes = [letters, `"code"${' '.repeat(800_000)}x`, `E${'A'.repeat(800_000)}`];
  for (const text of shapes) {
    for (const Class of [ccxt.ExchangeError, ccxt.ExchangeNotAvailable, Error]) {
      const told = faultOf(readFailure('any', 'fills', new Class(text), GENERIC_WORDS), 'any');
      assert.ok(ReadFault.safeParse(told).success);
    }
  }
  const late = new ccxt.ExchangeError(`${letters}{"code":-1102}`);
  assert.notEqual(faultOf(readFailure('any', 'fills', late, GENERIC_WORDS), 'any').code, '-1102');
});

test('every sentence of ours reaches people whole', () => {
  const sentences = [
    'malformed answer from myTrades: it never ends',
    'malformed answer from the venue: fewer rows than it counts',
    'its books do not show its newest trades yet',
  ];
  for (const words of sentences) {
    const failure = readFailure(
      'kraken',
      'fills',
      new OurWords('malformed_answer', words),
      GENERIC_WORDS,
    );
    assert.equal(failure.message, `kraken: fills: ${words}`);
  }
  const cancel = new OurWords('not_supported', 'it cancels by the id of the venue only');
  const refused = writeFailure('okx', 'cancel', cancel, GENERIC_WORDS);
  assert.equal(refused.type, 'VenueRefused');
  assert.equal(refused.message, 'okx: cancel: it cancels by the id of the venue only');
});

test('what was kept back had no effect, and what is unclear may have had one', () => {
  const after = (error: Error) => writeFailure('kraken', 'cancel', error, GENERIC_WORDS).type;
  assert.equal(after(new OurWords('not_sent', 'our request budget is used up')), 'VenueUnreadable');
  assert.equal(after(new OurWords('unclear', 'cancel status odd')), 'OutcomeUnknown');
  assert.equal(after(new OurWords('refused', 'none cancelled')), 'VenueRefused');
  assert.equal(after(new ccxt.RequestTimeout('x')), 'OutcomeUnknown');
});
