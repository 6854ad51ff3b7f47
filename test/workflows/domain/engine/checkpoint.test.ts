/** The format of a checkpoint: what was written comes back, and any damage is seen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { sha256Hex } from '../../../../workflows/domain/content/canonical.js';
import {
  CHECKPOINT_VERSION,
  encodeCheckpoint,
  takenAtMs,
  validateCheckpoint,
  type Checkpoint,
  type CheckpointHeader,
} from '../../../../workflows/domain/engine/checkpoint.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import type { EngineState } from '../../../../workflows/domain/books/state.js';
import { balance, engineState, order, position } from '../builders.js';

const TAKEN_AT_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;
const { absurdQuantity, oldMs } = RecoveryPolicy.parse({}).checkpoint;

function header(change: Partial<CheckpointHeader> = {}): CheckpointHeader {
  return {
    version: CHECKPOINT_VERSION,
    engineId: 'maker',
    instanceId: 'maker-e3',
    epoch: 3,
    sequence: 42,
    takenAtNs: `${TAKEN_AT_MS}000000`,
    ...change,
  };
}

function checkpoint(state: Partial<EngineState> = {}, head: Partial<CheckpointHeader> = {}) {
  const full = { positions: [position()], balances: [balance()], orders: [order()], ...state };
  return { header: header(head), state: engineState(full) };
}

function bytesOf(content: Checkpoint): Uint8Array {
  return new TextEncoder().encode(encodeCheckpoint(content));
}

function validate(bytes: Uint8Array, nowMs = TAKEN_AT_MS + 1000) {
  return validateCheckpoint(bytes, { engineId: 'maker', nowMs, oldMs, absurdQuantity });
}

/** A file whose checksum holds, over whatever content. */
function sealed(content: string): Uint8Array {
  return new TextEncoder().encode(`${content}sha256:${sha256Hex(content)}\n`);
}

function isRefused(bytes: Uint8Array, because: RegExp): void {
  const verdict = validate(bytes);
  assert.equal(verdict.valid, false);
  assert.match(verdict.errors.join('\n'), because);
}

test('gives back what was written, with its age', () => {
  const written = checkpoint();
  assert.deepEqual(validate(bytesOf(written)), {
    valid: true,
    errors: [],
    warnings: [],
    ageMs: 1000,
    header: written.header,
    checkpoint: written,
  });
});

test('gives back any state', () => {
  const amounts = fc.integer({ min: 1, max: 1_000_000 }).map(String);
  const names = fc
    .string({ minLength: 1, unit: 'grapheme' })
    .map((name) => name.replaceAll('|', '/'));
  const rowsOf = (key: 'asset' | 'instrument', amount: 'total' | 'quantity') =>
    fc
      .uniqueArray(names)
      .chain((all) =>
        fc.tuple(...all.map((name) => amounts.map((n) => ({ [key]: name, [amount]: n })))),
      );
  const states = fc.record({
    balances: rowsOf('asset', 'total'),
    positions: rowsOf('instrument', 'quantity'),
  });
  fc.assert(
    fc.property(states, ({ balances, positions }) => {
      const written = checkpoint({
        balances: balances.map(balance),
        positions: positions.map(position),
      });
      const verdict = validate(bytesOf(written));
      assert.equal(verdict.valid, true);
      assert.deepEqual(verdict.checkpoint, written);
    }),
    { numRuns: 300, seed: 20_261_106 },
  );
});

test('reads nanoseconds down to the millisecond', () => {
  assert.equal(takenAtMs(header({ takenAtNs: '1700000000123999999' })), 1_700_000_000_123);
});

function isBitFlipDetected(bytes: Uint8Array, bit: number): boolean {
  const flipped = bytes.slice();
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return !validate(flipped).valid;
}

test('detects every flipped bit of the magic, the header and the checksum', () => {
  const bytes = bytesOf(checkpoint());
  const bodyStart = bytes.indexOf(10, bytes.indexOf(10) + 1) + 1;
  const footerStart = bytes.length - 72;
  assert.ok(bodyStart > 100 && bodyStart < footerStart);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    if (bit >> 3 >= bodyStart && bit >> 3 < footerStart) continue;
    assert.ok(isBitFlipDetected(bytes, bit), `bit ${bit}`);
  }
});

test('detects any flipped bit of the body', () => {
  const bytes = bytesOf(checkpoint());
  fc.assert(
    fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => isBitFlipDetected(bytes, bit)),
    { numRuns: 1000, seed: 20_261_106 },
  );
});

test('detects a truncation at every byte, down to the empty file', () => {
  const bytes = bytesOf(checkpoint());
  for (let length = 0; length < bytes.length; length += 1) {
    assert.equal(validate(bytes.subarray(0, length)).valid, false, `${length} bytes`);
  }
  isRefused(new Uint8Array(), /truncated \(0 bytes\)/);
});

test('detects bytes after its end', () => {
  isRefused(new Uint8Array([...bytesOf(checkpoint()), 10]), /no checksum at its end/);
});

test('says that a checksum does not match', () => {
  const bytes = bytesOf(checkpoint());
  bytes[30] = (bytes[30] ?? 0) ^ 1;
  isRefused(bytes, /Checksum mismatch/);
});

test('refuses the checkpoint of another engine', () => {
  isRefused(bytesOf(checkpoint({}, { engineId: 'taker' })), /belongs to engine "taker"/);
});

test('warns of a timestamp in the future, where two clocks of one host do not explain it', () => {
  const bytes = bytesOf(checkpoint());
  for (const ms of [0, 1_000]) assert.deepEqual(validate(bytes, TAKEN_AT_MS - ms).warnings, []);
  const { valid, ageMs, warnings } = validate(bytes, TAKEN_AT_MS - 1_001);
  assert.deepEqual([valid, ageMs], [true, 0]);
  assert.match(warnings.join(), /in the future, by 1001 ms/);
});

test('warns, and no more, from one millisecond above an hour', () => {
  const bytes = bytesOf(checkpoint());
  assert.deepEqual(validate(bytes, TAKEN_AT_MS + HOUR_MS).warnings, []);
  const verdict = validate(bytes, TAKEN_AT_MS + HOUR_MS + 1);
  assert.equal(verdict.valid, true);
  assert.match(verdict.warnings.join(), /older than 3600000 ms/);
});

for (const quantity of ['1000000.000000000000000001', '-1000000.01', '99999999']) {
  test(`refuses the absurd quantity ${quantity}`, () => {
    isRefused(bytesOf(checkpoint({ positions: [position({ quantity })] })), /Absurd.*gamma BTC/);
  });
}

for (const quantity of ['1000000', '-1000000']) {
  test(`accepts the quantity ${quantity}`, () => {
    assert.ok(validate(bytesOf(checkpoint({ positions: [position({ quantity })] }))).valid);
  });
}

for (const averagePrice of ['0', '-0', '-0.01']) {
  test(`refuses the average price ${averagePrice}`, () => {
    isRefused(bytesOf(checkpoint({ positions: [position({ averagePrice })] })), /average price/);
  });
}

test('accepts an average price that is not known', () => {
  const positions = [position({ averagePrice: null })];
  assert.ok(validate(bytesOf(checkpoint({ positions }))).valid);
});

test('refuses a negative balance and accepts an empty one', () => {
  isRefused(bytesOf(checkpoint({ balances: [balance({ total: '-0.01' })] })), /Negative.*alpha/);
  assert.ok(validate(bytesOf(checkpoint({ balances: [balance({ total: '-0' })] }))).valid);
});

test('names every fault, not only the first', () => {
  const state = { positions: [position({ quantity: '2000000', averagePrice: '0' })] };
  assert.equal(validate(bytesOf(checkpoint(state, { engineId: 'taker' }))).errors.length, 3);
});

test('refuses a version newer than ours', () => {
  isRefused(bytesOf(checkpoint({}, { version: CHECKPOINT_VERSION + 1 })), /newer than/);
});

test('refuses a version that is none', () => {
  isRefused(bytesOf(checkpoint({}, { version: CHECKPOINT_VERSION - 1 })), /header is invalid/);
});

const CONTENTS: readonly [string, string][] = [
  ['not JSON', 'RELIGHT-CHECKPOINT\nnot json\nnor this\n'],
  ['a body that is not JSON', `RELIGHT-CHECKPOINT\n${JSON.stringify(header())}\n{\n`],
  ['a body of another shape', `RELIGHT-CHECKPOINT\n${JSON.stringify(header())}\n{}\n`],
  ['another magic', `OTHER\n${JSON.stringify(header())}\n{}\n`],
  ['a line too many', `${encodeCheckpoint(checkpoint()).replace(/sha256.*\n$/, '')}\n`],
  ['a line too few', 'RELIGHT-CHECKPOINT\n'],
  ['a float for a quantity', withFloat()],
];

function withFloat(): string {
  const content = encodeCheckpoint(checkpoint()).replace(/sha256.*\n$/, '');
  return content.replace('"quantity":"2"', '"quantity":2.5');
}

for (const [what, content] of CONTENTS) {
  test(`refuses ${what} although the checksum holds`, () => {
    isRefused(sealed(content), /Checkpoint (layout|header|body)/);
  });
}

test('never throws on arbitrary bytes, and believes none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => !validate(bytes).valid),
    { numRuns: 1000, seed: 20_261_106 },
  );
});

test('never throws on arbitrary content under a valid checksum, and believes none', () => {
  const lines = fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 3 });
  const contents = lines.map((rest) => ['RELIGHT-CHECKPOINT', ...rest, ''].join('\n'));
  fc.assert(
    fc.property(contents, (content) => !validate(sealed(content)).valid),
    { numRuns: 1000, seed: 20_261_106 },
  );
});
