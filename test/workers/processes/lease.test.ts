/** The lease of an attempt: it holds while Temporal has lately taken a beat of it, and not a moment longer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../../activities/errors.js';
import { createLease } from '../../../workers/processes/activities/lease.js';

const TIMEOUT_MS = 10_000;
const givenUp = (error: unknown) => isFailure(error, 'AttemptGivenUp');

/** By a clock of its own; `away`: beats are not taken. */
function scene() {
  const at = { ms: 5_000, beats: 0, away: false, travelMs: 0 };
  const off = new AbortController();
  const lease = createLease({
    timeoutMs: TIMEOUT_MS,
    signal: off.signal,
    nowMs: () => at.ms,
    beat: async () => {
      at.beats += 1;
      at.ms += at.travelMs;
      if (at.away) throw new Error('not found');
    },
  });
  return { at, off, lease };
}

test('it begins with a beat that Temporal takes, and asks again only after half of the time', async () => {
  const { at, lease } = scene();
  assert.equal(lease.leftMs(), 0, 'a task may have lain unread for long');
  await lease.beforeWrite();
  for (const ms of [1_000, 1_000, 2_000]) {
    at.ms += ms;
    await lease.beforeWrite();
  }
  assert.equal(at.beats, 1);
  at.ms += 1_000;
  await lease.beforeWrite();
  assert.equal(at.beats, 2);
  assert.ok(lease.leftMs() > TIMEOUT_MS / 2 && lease.leftMs() < TIMEOUT_MS);
});

test('an attempt that stood still for longer than its time-out writes nothing more', async () => {
  const { at, lease } = scene();
  await lease.beforeWrite();
  at.ms += TIMEOUT_MS + 1;
  at.away = true;
  assert.equal(lease.leftMs(), 0);
  await assert.rejects(lease.beforeWrite(), givenUp);
});

test('a beat counts from when it was sent: one that took long to be taken proves little', async () => {
  const { at, lease } = scene();
  at.travelMs = TIMEOUT_MS;
  await assert.rejects(lease.beforeWrite(), givenUp);
});

test('where Temporal takes no beat, nothing is written, and half of a lease is no reason to try', async () => {
  const { at, lease } = scene();
  at.away = true;
  await assert.rejects(lease.beforeWrite(), givenUp);
  at.away = false;
  await lease.beforeWrite();
  at.away = true;
  at.ms += TIMEOUT_MS / 2;
  await assert.rejects(lease.beforeWrite(), givenUp);
});

test('writes side by side wait for one beat, and a called-off attempt for none', async () => {
  const { at, off, lease } = scene();
  await Promise.all(Array.from({ length: 8 }, () => lease.beforeWrite()));
  assert.equal(at.beats, 1);
  off.abort(new Error('called off'));
  await assert.rejects(lease.beforeWrite(), /called off/);
  assert.equal(lease.leftMs(), 0);
});
