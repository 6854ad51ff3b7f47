/** The heartbeat record, byte by byte, and the messages on the socket. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  HEARTBEAT_RECORD_BYTES,
  decodeHeartbeat,
  encodeHeartbeat,
  parseLivenessLine,
  type HeartbeatRecord,
} from '../../../../workflows/domain/engine/liveness.js';

const RECORD: HeartbeatRecord = {
  pid: 4242,
  startTicks: '18446744073709551615',
  epoch: 7,
  timestampMs: 1_700_000_000_123,
  monotonicMs: 86_400_005,
};

const records = fc.record(
  {
    pid: fc.integer({ min: 1, max: 4_194_304 }),
    startTicks: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
    epoch: fc.nat(),
    timestampMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    monotonicMs: fc.option(fc.integer({ min: 1, max: 4_000_000_000_000 })),
  },
  { noNullPrototype: true },
);

test('gives back any record, at any beat', () => {
  fc.assert(
    fc.property(records, fc.nat(), (record, beat) => {
      const sequence = String(BigInt(beat) * 2n);
      assert.deepEqual(decodeHeartbeat(encodeHeartbeat(record, beat)), { ...record, sequence });
    }),
    { numRuns: 1000, seed: 20_261_108 },
  );
});

test('lays the record out as it is published', () => {
  const bytes = encodeHeartbeat(RECORD, 3);
  const view = new DataView(bytes.buffer);
  const words = [0, 16, 24, 32, 40, 48, 56].map((at) => view.getBigUint64(at, true));
  assert.equal(bytes.length, 64);
  assert.deepEqual(words, [
    6n,
    1_700_000_000_123_000_000n,
    4242n,
    2n ** 64n - 1n,
    7n,
    86_400_005_000_000n,
    6n,
  ]);
  assert.equal(view.getUint32(8, true), 0x524c4842);
  assert.equal(view.getUint32(12, true), 1);
});

test('reads a record out of a larger buffer', () => {
  const bytes = new Uint8Array(200);
  bytes.set(encodeHeartbeat(RECORD, 1), 13);
  assert.deepEqual(decodeHeartbeat(bytes.subarray(13)), { ...RECORD, sequence: '2' });
});

test('reads the progress behind a record, where it is of the same beat', () => {
  const bytes = new Uint8Array(4_096);
  bytes.set(encodeHeartbeat(RECORD, 3));
  assert.deepEqual(decodeHeartbeat(bytes), { ...RECORD, sequence: '6' }, 'zeros tell nothing');
  const view = new DataView(bytes.buffer);
  view.setBigUint64(64, 2n ** 64n - 1n, true);
  view.setBigUint64(72, 6n, true);
  assert.equal(decodeHeartbeat(bytes)?.progress, '18446744073709551615');
  assert.equal(decodeHeartbeat(bytes.subarray(0, 79))?.progress, undefined);
  view.setBigUint64(72, 4n, true);
  assert.deepEqual(decodeHeartbeat(bytes), { ...RECORD, sequence: '6' }, 'torn, or of before');
});

test('does not read a short record, of any length', () => {
  const bytes = encodeHeartbeat(RECORD, 1);
  for (let length = 0; length < HEARTBEAT_RECORD_BYTES; length += 1) {
    assert.equal(decodeHeartbeat(bytes.subarray(0, length)), null, `${length} bytes`);
  }
});

test('does not read a record while its writer is within it', () => {
  const bytes = encodeHeartbeat(RECORD, 5);
  new DataView(bytes.buffer).setBigUint64(0, 11n, true);
  assert.equal(decodeHeartbeat(bytes), null);
  new DataView(bytes.buffer).setBigUint64(56, 11n, true); // odd twice is still being written
  assert.equal(decodeHeartbeat(bytes), null);
});

test('does not read a record torn between two beats, wherever it tears', () => {
  const before = encodeHeartbeat(RECORD, 5);
  const after = encodeHeartbeat({ ...RECORD, timestampMs: RECORD.timestampMs + 5000 }, 6);
  for (let cut = 1; cut < HEARTBEAT_RECORD_BYTES - 8; cut += 1) {
    const torn = Uint8Array.from([...after.subarray(0, cut), ...before.subarray(cut)]);
    assert.equal(decodeHeartbeat(torn), null, `torn at ${cut}`);
  }
});

test('does not read a record of another magic or version', () => {
  for (const at of [8, 9, 10, 11, 12, 13, 14, 15]) {
    const bytes = encodeHeartbeat(RECORD, 1);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    assert.equal(decodeHeartbeat(bytes), null, `byte ${at}`);
  }
  assert.equal(decodeHeartbeat(new Uint8Array(64)), null);
});

const HELLO = {
  type: 'hello',
  engineId: 'maker',
  instanceId: 'maker-e3',
  pid: 42,
  startTicks: '991',
  build: '1.2.3',
  epoch: 3,
};

for (const message of [
  HELLO,
  { type: 'heartbeat', sequence: 9 },
  { type: 'goodbye', reason: 'shutdown' },
]) {
  test(`reads a ${message.type} line`, () => {
    assert.deepEqual(parseLivenessLine(JSON.stringify(message)), message);
  });
}

const FOREIGN: readonly [string, string][] = [
  ['an empty line', ''],
  ['half a line', JSON.stringify(HELLO).slice(0, 40)],
  ['a hello without a pid', JSON.stringify({ ...HELLO, pid: undefined })],
  ['a hello of pid 0', JSON.stringify({ ...HELLO, pid: 0 })],
  ['a hello without an engine', JSON.stringify({ ...HELLO, engineId: '' })],
  ['an instance id without end', JSON.stringify({ ...HELLO, instanceId: 'x'.repeat(129) })],
  ['an instance id over two lines', JSON.stringify({ ...HELLO, instanceId: 'a\nb' })],
  ['an instance id of half a pair', JSON.stringify({ ...HELLO, instanceId: '\ud800' })],
  ['an instance id that turns around', JSON.stringify({ ...HELLO, instanceId: 'a\u202eb' })],
  ['a build without end', JSON.stringify({ ...HELLO, build: 'x'.repeat(257) })],
  ['ticks without end', JSON.stringify({ ...HELLO, startTicks: '1'.repeat(21) })],
  ['a goodbye without end', JSON.stringify({ type: 'goodbye', reason: 'x'.repeat(1_025) })],
  ['an unknown type', '{"type":"status"}'],
  ['null', 'null'],
];

for (const [what, line] of FOREIGN) {
  test(`takes ${what} for no message`, () => assert.equal(parseLivenessLine(line), null));
}

test('never throws on any line', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => parseLivenessLine(line) === null),
    { numRuns: 1000, seed: 20_261_108 },
  );
});

test('a connection is of one exchange, bounded, and a figure that is none loses no word', () => {
  const usual = { type: 'connection', venue: 'kraken', state: 'lost' };
  const of = (more: object) => parseLivenessLine(JSON.stringify({ ...usual, ...more }));
  assert.deepEqual(of({ forMs: 5, more: 1 }), { ...usual, forMs: 5 });
  for (const forMs of [-1, 0.5, 'x', 1e300]) {
    const read = of({ forMs });
    assert.ok(read?.type === 'connection' && read.forMs === undefined, 'it is lost all the same');
  }
  const wrong = [{ venue: '' }, { venue: 'v'.repeat(65) }, { venue: 'a\u202eb' }, { state: 'x' }];
  for (const one of wrong) assert.equal(of(one), null);
});
