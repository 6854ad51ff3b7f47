/** A journal is read as what it is: whole records in their order, and the rest counted, never taken for nothing. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { journalOf, type Journal } from '../../../../workflows/domain/engine/journal.js';
import {
  HEADER_BYTES,
  headerBytes,
  journalBytes,
  placeOf,
  RECORD_BYTES,
  recordBytes,
  SEQUENCE_AGAIN,
  type HeaderFields,
} from '../../../kits/journal-bytes.js';
import { JOURNAL_HEADER, recordFields } from '../../../kits/vectors.js';

const CAPACITY = 4;
const HEADER: HeaderFields = { ...JOURNAL_HEADER, capacity: String(CAPACITY) };

const holding = (...sequences: number[]) =>
  journalBytes(
    HEADER,
    sequences.map((sequence) => recordFields(sequence, { clientOrderId: `cx-${sequence}` })),
  );

function read(bytes: Uint8Array): Journal {
  const journal = journalOf(bytes);
  if (typeof journal === 'string') assert.fail(journal);
  return journal;
}

/** What a writer has done of record `sequence` when it ends after so many words of its one copy. */
function torn(bytes: Buffer, sequence: number, words: number): Buffer {
  const place = bytes.subarray(placeOf(String(sequence), CAPACITY));
  place.writeBigUInt64LE(0n, SEQUENCE_AGAIN);
  recordBytes(recordFields(sequence)).copy(place, 0, 0, 8 * words);
  return bytes;
}

const counts = ({ intents, overwritten, unfinished, damaged, missing }: Journal) => ({
  ids: intents.map(({ clientOrderId }) => clientOrderId).join(' '),
  overwritten,
  unfinished,
  damaged,
  missing,
});
const NOTHING = { ids: '', overwritten: 0, unfinished: 0, damaged: 0, missing: 0 };

test('intents come in the order of their numbers, wherever they stand in the ring', () => {
  assert.deepEqual(counts(read(holding())), NOTHING);
  assert.deepEqual(counts(read(holding(1, 2))), { ...NOTHING, ids: 'cx-1 cx-2' });
  const round = counts(read(holding(1, 2, 3, 4, 5, 6)));
  assert.deepEqual(round, { ...NOTHING, ids: 'cx-3 cx-4 cx-5 cx-6', overwritten: 2 });
});

test('a record that is torn anywhere is unfinished, and hides no other', () => {
  for (let words = 0; words <= SEQUENCE_AGAIN / 8; words += 1) {
    const first = words === 0 ? 0 : 1; // before its first word, nothing of a new place tells of it
    const fresh = counts(read(torn(holding(1, 2), 3, words)));
    assert.deepEqual(fresh, { ...NOTHING, ids: 'cx-1 cx-2', unfinished: first }, `${words} words`);
    const over = counts(read(torn(holding(1, 2, 3, 4, 5), 6, words)));
    const ids = 'cx-3 cx-4 cx-5';
    assert.equal(over.ids, ids, `${words} words over another`);
    assert.deepEqual([over.unfinished, over.damaged, over.missing], [1, 0, 0]);
  }
});

test('any byte of a record that is another makes it damaged, or means nothing', () => {
  for (let at = 0; at < RECORD_BYTES; at += 1) {
    const bytes = holding(1, 2);
    const place = placeOf('2', CAPACITY) + at;
    bytes[place] = (bytes[place] ?? 0) ^ 0x41;
    const isSpare = at >= 296 && at < SEQUENCE_AGAIN;
    const wanted = isSpare ? { ids: 'cx-1 cx-2' } : { ids: 'cx-1', damaged: 1 };
    assert.deepEqual(counts(read(bytes)), { ...NOTHING, ...wanted }, `byte ${at}`);
  }
});

test('numbers between those that are there are missing', () => {
  const gap = holding(1, 2, 3);
  gap.fill(0, placeOf('2', CAPACITY), placeOf('3', CAPACITY));
  assert.deepEqual(counts(read(gap)), { ...NOTHING, ids: 'cx-1 cx-3', missing: 1 });
  const drawn = holding(1, 2, 3, 4, 6); // 5 was drawn, and its writer ended before its first store
  const wanted = { ids: 'cx-1 cx-3 cx-4 cx-6', overwritten: 1, missing: 1 };
  assert.deepEqual(counts(read(drawn)), { ...NOTHING, ...wanted });
});

test('records at places of others, and figures that are none, are damaged', () => {
  const moved = holding(1);
  recordBytes(recordFields(6)).copy(moved, placeOf('3', CAPACITY));
  assert.deepEqual(counts(read(moved)), { ...NOTHING, ids: 'cx-1', damaged: 1 });
  const odd = [{ quantity: '1e5' }, { price: 'x' }, { clientOrderId: '' }, { venue: '' }];
  for (const intent of odd) {
    const bytes = journalBytes(HEADER, [recordFields(1, intent)]);
    assert.deepEqual(counts(read(bytes)), { ...NOTHING, damaged: 1 }, JSON.stringify(intent));
  }
  const words = holding(1);
  words.writeUInt8(0xff, placeOf('1', CAPACITY) + 32);
  assert.equal(read(words).damaged, 1);
});

test('a ring of noise is damaged, and none of it is an order', () => {
  const bytes = Buffer.concat([holding().subarray(0, HEADER_BYTES), randomBytes(4 * RECORD_BYTES)]);
  assert.deepEqual(counts(read(bytes)), { ...NOTHING, damaged: 4 });
});

test('a file that ends before its ring keeps what it has, and says what it lacks', () => {
  const bytes = holding(1, 2, 3).subarray(0, HEADER_BYTES + 2.5 * RECORD_BYTES);
  assert.deepEqual(counts(read(bytes)), { ...NOTHING, ids: 'cx-1 cx-2', damaged: 2 });
});

test('what has no header of an engine is no journal, and says why', () => {
  const changed = (at: number, value: number) => {
    const bytes = holding(1);
    bytes.writeUInt8(value, at);
    return bytes;
  };
  const sealed = (capacity: string) => {
    const bytes = holding(1);
    headerBytes({ ...HEADER, capacity }).copy(bytes);
    return bytes;
  };
  for (const [bytes, why] of [
    [Buffer.alloc(0), /0 bytes/],
    [Buffer.alloc(HEADER_BYTES), /no journal of Relight/],
    [randomBytes(1 << 16), /no journal of Relight/],
    [changed(0, 0x58), /no journal of Relight/],
    [changed(8, 2), /version 2/],
    [changed(64, 0x58), /damaged, or not written yet/],
    [changed(24, 1), /damaged, or not written yet/],
    [sealed('0'), /that no engine writes/],
    [sealed('262145'), /that no engine writes/],
    [sealed('18446744073709551615'), /that no engine writes/],
  ] as const) {
    const read = journalOf(bytes);
    assert.ok(typeof read === 'string' && why.test(read), String(why));
  }
});

test('what is read is the same in the midst of a larger buffer', () => {
  const bytes = holding(1, 2);
  const within = Buffer.concat([randomBytes(13), bytes]).subarray(13);
  assert.deepEqual(journalOf(within), journalOf(bytes));
});
