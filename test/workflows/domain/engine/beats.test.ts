/** Whether an engine is silent: under clocks that step, and with a detector and a machine that stop. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  judgeBeat,
  type BeatVerdict,
  type Silence,
} from '../../../../workflows/domain/engine/beats.js';
import { decodeHeartbeat, encodeHeartbeat } from '../../../../workflows/domain/engine/liveness.js';

const LIMITS = { everyMs: 1_000, healthyMs: 5_000, alarmMs: 10_000 };
const BEAT_MS = 1_000;
const HOURS = 3_600_000;

/** What happens to clocks and processes, from a moment on. */
interface Trouble {
  atMs: number;
  /** Of the wall clock. */
  stepMs: number;
  /** The detector does not run for so long. */
  awayMs: number;
  /** Nor does the engine: the whole machine. */
  both: boolean;
}

interface World {
  troubles: readonly Trouble[];
  /** From when on the engine does not beat. */
  hangsAtMs: number;
  /** Whether it tells the monotonic clock. */
  tells: boolean;
  /** How late each look comes. */
  lateMs: readonly number[];
}

/** The first alarm, by the time in which the detector ran; null where there is none. */
function firstAlarm({ troubles, hangsAtMs, tells, lateMs }: World, untilMs: number) {
  let wallMs = 1_800_000_000_000;
  let nowMs = 50_000; // of the host, since its boot
  let awakeMs = 0;
  let frozenMs = 0;
  let silence: Silence | null = null;
  const left = troubles.toSorted((a, b) => a.atMs - b.atMs);
  for (let look = 0; awakeMs < untilMs; look += 1) {
    const tookMs = LIMITS.everyMs + (lateMs[look % lateMs.length] ?? 0);
    nowMs += tookMs;
    wallMs += tookMs;
    awakeMs += tookMs;
    while (left[0] !== undefined && left[0].atMs <= awakeMs) {
      const { stepMs, awayMs, both } = left.shift() as Trouble;
      nowMs += awayMs;
      wallMs += awayMs + stepMs;
      if (both) frozenMs += awayMs;
    }
    // What the engine wrote last, with the clocks as they were then.
    const ranMs = Math.min(nowMs - 50_000 - frozenMs, hangsAtMs);
    const beat = 1 + Math.floor(ranMs / BEAT_MS);
    const monotonicMs = 50_000 + (beat - 1) * BEAT_MS;
    const record = { pid: 1, startTicks: '1', epoch: 1, timestampMs: Math.max(0, wallMs) };
    const read = decodeHeartbeat(
      encodeHeartbeat({ ...record, monotonicMs: tells ? monotonicMs : null }, beat),
    );
    assert.ok(read !== null);
    const seen = { nowMs, sequence: read.sequence, beatMs: read.monotonicMs };
    const judged: { silence: Silence; verdict: BeatVerdict } = judgeBeat(silence, seen, LIMITS);
    if (judged.verdict === 'hung') return awakeMs;
    silence = judged.silence;
  }
  return null;
}

const worlds = fc.record({
  troubles: fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: 120_000 }),
      stepMs: fc.integer({ min: -24 * HOURS, max: 24 * HOURS }),
      awayMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 * 60_000 })),
      both: fc.boolean(),
    }),
    { maxLength: 6 },
  ),
  tells: fc.boolean(),
  lateMs: fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 7 }),
});

test('an engine that beats is never told to hang, whatever clocks and schedulers do', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      assert.equal(firstAlarm({ ...world, hangsAtMs: Infinity }, 180_000), null);
    }),
    { numRuns: 1_000, seed: 15 },
  );
});

test('one that hangs is told in one and a half times the limit of the time in which somebody looks', () => {
  fc.assert(
    fc.property(worlds, fc.integer({ min: 0, max: 60_000 }), (world, hangsAtMs) => {
      // A detector that is away wakes up beside an engine that hung meanwhile.
      const alarmMs = firstAlarm({ ...world, hangsAtMs }, 600_000);
      const lateness = 2 * (LIMITS.everyMs + 900);
      assert.ok(alarmMs !== null, 'it is told');
      assert.ok(alarmMs <= hangsAtMs + 1.5 * LIMITS.alarmMs + lateness, `${alarmMs}`);
    }),
    { numRuns: 1_000, seed: 15 },
  );
});

test('an old beat of a detector that begins is old, and one from the future tells nothing', () => {
  const old = { nowMs: 90_000, sequence: '4', beatMs: 60_000 };
  const first = judgeBeat(null, old, LIMITS);
  assert.deepEqual([first.verdict, first.silence.silentMs], ['late', 10_000]);
  const ahead = judgeBeat(null, { ...old, beatMs: 24 * HOURS }, LIMITS);
  assert.deepEqual([ahead.verdict, ahead.silence.silentMs], ['healthy', 0]);
  const same = judgeBeat(ahead.silence, { ...old, nowMs: 91_000, beatMs: 24 * HOURS }, LIMITS);
  assert.equal(
    same.silence.silentMs,
    1_000,
    'the same beat again is silence, whenever it says it was',
  );
});

test('one look is not enough, and one that came late counts for none', () => {
  const silent = { sequence: '4', silentMs: 9_500, lookedMs: 0, alarming: 0 };
  const at = (nowMs: number) => ({ nowMs, sequence: '4', beatMs: null });
  const once = judgeBeat(silent, at(1_000), LIMITS);
  assert.equal(once.verdict, 'late');
  assert.equal(judgeBeat(once.silence, at(2_000), LIMITS).verdict, 'hung');
  const late = judgeBeat(once.silence, at(300_000), LIMITS);
  assert.equal(late.verdict, 'late');
  assert.equal(judgeBeat(late.silence, at(301_000), LIMITS).verdict, 'late');
  assert.equal(
    judgeBeat(late.silence, { ...at(301_000), sequence: '6' }, LIMITS).verdict,
    'healthy',
  );
});
