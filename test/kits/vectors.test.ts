/** The vectors of the kits are what the product writes, and what it reads. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { ControlWrites } from '../../sandbox/engine/control/writes.js';
import { stateDigest } from '../../workflows/domain/books/state.js';
import { sha256Hex } from '../../workflows/domain/content/canonical.js';
import { validateCheckpoint } from '../../workflows/domain/engine/checkpoint.js';
import { journalOf } from '../../workflows/domain/engine/journal.js';
import { decodeHeartbeat, readLivenessLine } from '../../workflows/domain/engine/liveness.js';
import { journalBytes, headerBytes, RECORD_BYTES } from './journal-bytes.js';
import { VECTORS as FOLDER } from './programs.js';
import { JOURNAL_HEADER, VECTORS, vectorsText } from './vectors.js';

for (const [name, vectors] of Object.entries(VECTORS)) {
  test(`kits/vectors/${name}.json is up to date (npm run vectors)`, () => {
    assert.equal(readFileSync(join(FOLDER, `${name}.json`), 'utf8'), vectorsText(vectors));
  });
}

test('a digest is that of its canonical text, and of two instruments it is the one that is known', () => {
  const taken = VECTORS.digest.filter(({ canonical }) => canonical !== '');
  assert.equal(VECTORS.digest.length - taken.length, 6, 'refused');
  for (const { canonical, digest } of taken) assert.equal(digest, sha256Hex(canonical));
  const two = VECTORS.digest.find(({ name }) => name.startsWith('two instruments'));
  assert.equal(two?.digest, '3f78daf376966cc6b3e0e66fd2a953f77ff51687d219694a57768dd1e410ac8f');
});

test('each checkpoint is valid, and holds the state that was given', () => {
  for (const { name, header, state, text } of VECTORS.checkpoint) {
    if (name === 'refused') continue;
    const nowMs = Number(header.takenAtNs.slice(0, 13));
    const limits = { engineId: 'alpha', nowMs, oldMs: 60_000, absurdQuantity: '1000' };
    const verdict = validateCheckpoint(Buffer.from(text), limits);
    assert.deepEqual([verdict.errors, verdict.warnings], [[], []], name);
    assert.deepEqual(verdict.header, { ...header, epoch: 7, sequence: 42, version: 1 });
    assert.ok(verdict.checkpoint !== null);
    assert.equal(stateDigest(verdict.checkpoint.state), stateDigest(state));
    assert.deepEqual(verdict.checkpoint.state.appliedFills, state.appliedFills);
  }
});

test('each heartbeat is read as what it says', () => {
  for (const { hex, beat, progress, ...fields } of VECTORS.heartbeat) {
    const read = decodeHeartbeat(Buffer.from(hex, 'hex'));
    assert.deepEqual(read, {
      sequence: String(2n * BigInt(beat)),
      timestampMs: Number(fields.timeNs.slice(0, -6)),
      monotonicMs: Number(fields.monotonicNs.slice(0, -6)),
      pid: Number(fields.pid),
      startTicks: fields.startTicks,
      epoch: Number(fields.epoch),
      ...(progress === null ? {} : { progress }),
    });
  }
});

test('each hello is one that the detector reads', () => {
  for (const { line, engineId, instanceId } of VECTORS.hello) {
    const read = readLivenessLine(line);
    assert.ok(typeof read === 'object' && read.type === 'hello');
    assert.deepEqual([read.engineId, read.instanceId], [engineId, instanceId]);
  }
});

test('each connection is one that the detector reads as what it says', () => {
  for (const { line, venue, state, forMs } of VECTORS.connection) {
    if (line === '') continue;
    assert.deepEqual(readLivenessLine(line), {
      type: 'connection',
      venue,
      state,
      forMs: Number(forMs),
    });
  }
});

test('epochs are taken and refused as the engine of the sandbox does', async () => {
  for (const { own, asked, taken } of VECTORS.fence) {
    const writes = new ControlWrites(Number(own));
    const answers = [];
    for (const [index, epoch] of asked.entries()) {
      const headers = { 'relight-epoch': epoch, 'idempotency-key': String(index) };
      const request = { path: '/limits', headers, body: {} };
      answers.push(await writes.handle(request, z.object({}), async () => ({})));
    }
    assert.equal(answers.map(({ status }) => (status === 200 ? 'y' : 'n')).join(''), taken);
  }
});

test('each record of a journal is read as the order that it says', () => {
  for (const { hex, sequence, monotonicNs, timeNs, intent } of VECTORS.journal) {
    if (hex === '') continue;
    assert.equal(hex.length, 2 * RECORD_BYTES);
    const bytes = journalBytes(JOURNAL_HEADER, []);
    Buffer.from(hex, 'hex').copy(bytes, 4_096 + (Number(sequence) - 1) * RECORD_BYTES);
    const journal = journalOf(bytes);
    if (typeof journal === 'string') assert.fail(journal);
    const price = intent.price === '' ? null : intent.price;
    const times = { sequence: Number(sequence), monotonicNs, timeNs };
    assert.deepEqual(journal.intents, [{ ...times, ...intent, price }]);
    assert.equal(journal.damaged, 0);
  }
});

test('each header of a journal is read as what it says', () => {
  for (const vector of VECTORS['journal-header']) {
    const { hex, capacity, engineId, instanceId, timeNs, monotonicNs } = vector;
    assert.equal(hex, headerBytes({ ...JOURNAL_HEADER, capacity, engineId }).toString('hex'));
    const bytes = Buffer.alloc(4_096 + Number(capacity) * RECORD_BYTES);
    Buffer.from(hex, 'hex').copy(bytes);
    const journal = journalOf(bytes);
    if (typeof journal === 'string') assert.fail(journal);
    const { intents, overwritten, unfinished, damaged, missing, ...header } = journal;
    assert.deepEqual([intents, overwritten, unfinished, damaged, missing], [[], 0, 0, 0, 0]);
    assert.deepEqual(header, {
      engineId,
      instanceId,
      capacity: Number(capacity),
      epoch: 7,
      pid: 4_211,
      startTicks: '8812345',
      timeNs,
      monotonicNs,
    });
  }
});
