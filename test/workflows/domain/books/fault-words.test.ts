/** Why a venue could not be read is said in words with a remedy, by one module, from data alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultWords, whyWords } from '../../../../workflows/domain/books/fault-words.js';
import {
  FAULT_KINDS,
  isFinal,
  readFault,
  ReadFault,
  type FaultKind,
} from '../../../../workflows/domain/books/read-fault.js';
import { Snapshot, VenueTruth } from '../../../../workflows/domain/books/snapshot.js';
import { readable } from '../builders.js';

const AT = '127.0.0.1:9301';
const fault = (kind: FaultKind, more: Partial<ReadFault> = {}) =>
  readFault({ kind, venue: 'coinbase', what: 'fills', ...more });

test('a venue that does not answer is named with its host and what to check', () => {
  const silent = fault('no_answer', { what: 'open orders' });
  const said =
    'open orders: no answer from 127.0.0.1:9301: check venues.coinbase.url and the network';
  assert.equal(faultWords(silent, AT), said);
  assert.equal(faultWords(silent), 'open orders: no answer: check the network');
});

test('each refusal that has a remedy names it, with the code of the venue', () => {
  assert.equal(
    faultWords(fault('key_refused', { what: 'balances', code: 'EAPI:Invalid key' })),
    'balances: it refuses the key (EAPI:Invalid key): check venues.coinbase.apiKey and .secret',
  );
  assert.match(faultWords(fault('not_permitted')), /may not.*read$/);
  assert.match(faultWords(fault('not_permitted', { what: 'cancel' })), /may not.*trade$/);
  assert.match(faultWords(fault('too_many_requests', { code: '-1003' })), /\(-1003\).*wait/);
  assert.match(faultWords(fault('clock_or_nonce')), /clock.*key of its own/);
  assert.match(faultWords(fault('unavailable')), /not available.*later/);
});

test('words of ours take the place of what the kind says, and keep its remedy', () => {
  const told = (kind: FaultKind, words: string) => faultWords(fault(kind, { words }), AT);
  const malformed = 'malformed answer from the venue: fewer rows than it counts';
  assert.equal(told('malformed_answer', malformed), `fills: ${malformed}`);
  assert.equal(
    told('clock_or_nonce', 'refused, perhaps for its time'),
    'fills: refused, perhaps for its time: ' +
      'check the clock of this host, and give Relight a key of its own',
  );
  const behind = 'its books do not show its newest trades yet';
  assert.equal(told('lagging', behind), `fills: ${behind}`);
  assert.equal(
    faultWords(readFault({ kind: 'never_still', venue: 'coinbase' })),
    'it moved during every reading: something still trades there',
  );
});

test('every kind has words of its own, and what changes nothing by itself is final', () => {
  const said = FAULT_KINDS.map((kind) => faultWords(fault(kind)));
  assert.equal(new Set(said).size, FAULT_KINDS.length);
  assert.deepEqual(FAULT_KINDS.filter(isFinal), [
    'key_refused',
    'not_permitted',
    'refused',
    'not_supported',
    'not_listed',
    'not_configured',
  ]);
});

test('a fault is short and plain, whatever it was made of', () => {
  const long = '\u001b[2K'.repeat(20_000);
  const made = fault('unexpected', { code: long, words: long });
  assert.ok(ReadFault.safeParse(made).success);
  assert.ok(faultWords(made).length < 700);
  assert.doesNotMatch(faultWords(made), /\p{C}/u);
});

test('text of earlier versions is read, and said as it is', () => {
  const why = 'VenueUnreadable: kraken: open orders: NetworkError';
  const old = { readable: false, venue: 'kraken', account: 'main', why };
  const truth = VenueTruth.parse(old);
  assert.ok(!truth.readable);
  assert.equal(whyWords(truth.why, AT), why);
  const gaps = ['prices: VenueUnreadable: kraken: marks: NetworkError', fault('no_answer')];
  const venues = [readable('kraken', { gaps }), { ...old, why: fault('refused') }];
  assert.deepEqual(Snapshot.parse({ takenAtMs: 1, venues }).venues, venues);
});
