/** Exchanges that a living engine has lost: each once, since it was first lost, in words for people. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { classifyCause } from '../../../../workflows/domain/crash/cause/classify.js';
import {
  afterConnection,
  disconnectedAtDeath,
  disconnectedWords,
  type LostConnection,
} from '../../../../workflows/domain/engine/connections.js';
import { NO_FACTS } from '../../../../workflows/domain/crash/sightings.js';
import { crashNotice } from '../../../../workflows/domain/crash/telling.js';

const AT = Date.UTC(2026, 11, 1, 3, 4, 5);
const KRAKEN = { venue: 'kraken', sinceMs: AT };
const NONE: readonly LostConnection[] = [];

test('one is told since it was first lost, and is gone when it is there again', () => {
  assert.equal(afterConnection(NONE, { venue: 'kraken', state: 'restored' }, AT), NONE);
  const one = afterConnection(NONE, { venue: 'kraken', state: 'lost', forMs: 5_000 }, AT + 5_000);
  assert.deepEqual(one, [KRAKEN]);
  assert.equal(afterConnection(one, { venue: 'kraken', state: 'lost' }, AT + 9_000), one);
  const two = afterConnection(one, { venue: 'okx', state: 'lost', forMs: 2 * AT }, AT);
  assert.deepEqual(two, [KRAKEN, { venue: 'okx', sinceMs: 0 }], 'no time before all times');
  assert.deepEqual(afterConnection(two, { venue: 'okx', state: 'restored' }, AT), [KRAKEN]);
});

test('in whatever order, each is there once where its last word was that it is lost', () => {
  const told = fc.record({
    venue: fc.constantFrom('a', 'b', 'c', 'd'),
    state: fc.constantFrom('lost' as const, 'restored' as const),
  });
  fc.assert(
    fc.property(fc.array(told, { maxLength: 40 }), (all) => {
      let end = NONE;
      for (const one of all) end = afterConnection(end, one, 1);
      const last = new Map(all.map(({ venue, state }) => [venue, state]));
      const lost = [...last].flatMap(([venue, state]) => (state === 'lost' ? [venue] : []));
      assert.deepEqual(end.map(({ venue }) => venue).toSorted(), lost.toSorted());
    }),
  );
});

test('however many are lost, so many are noted', () => {
  let lost = NONE;
  for (let at = 0; at < 100; at += 1) {
    lost = afterConnection(lost, { venue: `v${at}`, state: 'lost' }, AT);
  }
  assert.equal(lost.length, 32);
});

test('people are told of which and since when, of a living one and beside the cause of a death', () => {
  assert.deepEqual([disconnectedWords([]), disconnectedAtDeath([])], ['', null]);
  const since = /^, and is DISCONNECTED from kraken since 2026-12-01.03:04:05/;
  assert.match(disconnectedWords([KRAKEN]), since);
  const beside = disconnectedAtDeath([KRAKEN]);
  const facts = { ...NO_FACTS, suspicion: 'dead', exit: { code: null, signal: 'SIGSEGV' } };
  const [plain, told] = [classifyCause(facts), classifyCause(facts, beside)];
  assert.deepEqual([told.cause, told.signature], [plain.cause, plain.signature], 'it is no cause');
  assert.equal(told.because, `${plain.because}; ${beside}`);
});

test('who is told of the crash is told of it', () => {
  const instance = { instanceId: 'desk-e1', pid: 7, startTicks: '1', build: 'b', epoch: 1 };
  const seen = { suspicion: 'dead', probe: 'procfs', detail: 'pid 7 is gone' } as const;
  const report = { engineId: 'desk', host: 'h', detectedAtMs: AT, instance, ...seen };
  const limits = { maxCrashes: 3, windowMs: 1_000 };
  const around = { incidentId: 'desk/desk-e1', count: 1, limits, killSwitch: 'released' } as const;
  assert.doesNotMatch(crashNotice(report, around).text, /Besides/);
  const { text } = crashNotice({ ...report, disconnected: [KRAKEN] }, around);
  assert.match(text, /Besides, it had told before that it was without kraken since/);
});
