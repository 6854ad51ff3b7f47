/** Which notes of an engine may be younger than its state: all that may, and what is lost of them is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  intentsSince,
  journalsThatMatter,
  type ListedJournal,
} from '../../../../workflows/domain/engine/intents.js';
import type { Journal, JournalHeader } from '../../../../workflows/domain/engine/journal.js';

const RUNS = { numRuns: 1_000, seed: 20_261_130 };
const MARGIN_MS = 5_000;
const NOON = 1_795_000_000_000;
const CAPACITY = 8;

const ns = (ms: number) => (BigInt(Math.round(ms)) * 1_000_000n).toString();

function headed(change: Partial<JournalHeader> & { atMs?: number } = {}): JournalHeader {
  const { atMs = NOON, ...rest } = change;
  return {
    engineId: 'desk',
    instanceId: 'desk-e7',
    epoch: 7,
    pid: 41,
    startTicks: '900',
    capacity: CAPACITY,
    timeNs: ns(atMs),
    monotonicNs: ns(1_000),
    ...rest,
  };
}

/** As a ring holds them: `steps` are the milliseconds from one to the next, `setMs` how far the clock is set midway. */
function journal(
  steps: readonly number[],
  { setMs = 0, lost = {} }: { setMs?: number; lost?: Partial<Journal> } = {},
) {
  let at = 0;
  const written = steps.map((step, index) => {
    at += step;
    const isSet = setMs !== 0 && index >= steps.length / 2;
    return {
      sequence: index + 1,
      monotonicNs: ns(1_000 + at),
      timeNs: ns(NOON + at + (isSet ? setMs : 0)),
      clientOrderId: `cx-${index + 1}`,
      venue: 'alpha',
      account: 'main',
      instrument: 'BTC/USDT',
      side: 'buy' as const,
      quantity: '1',
      price: null,
    };
  });
  const intents = written.slice(-CAPACITY);
  const overwritten = written.length - intents.length;
  const none = { unfinished: 0, damaged: 0, missing: 0 };
  return { written, read: { ...headed(), intents, overwritten, ...none, ...lost } };
}

const rings = fc.record({
  steps: fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 30 }),
  since: fc.integer({ min: -10_000, max: 70_000 }),
});
const timeOf = ({ timeNs }: { timeNs: string }) => Number(BigInt(timeNs) / 1_000_000n);

test('every note that is not older than the state counts, and none that is older by more than the margin', () => {
  fc.assert(
    fc.property(rings, ({ steps, since }) => {
      const { read } = journal(steps);
      const sinceMs = NOON + since;
      const chosen = new Set(intentsSince('a', read, { sinceMs }).intents);
      for (const intent of read.intents) {
        if (timeOf(intent) >= sinceMs) assert.ok(chosen.has(intent));
        if (timeOf(intent) < sinceMs - MARGIN_MS) assert.ok(!chosen.has(intent));
      }
    }),
    RUNS,
  );
});

test('where notes of since then are overwritten it is told, and where all of them are there it is not', () => {
  fc.assert(
    fc.property(rings, ({ steps, since }) => {
      const { written, read } = journal(steps);
      const sinceMs = NOON + since;
      const { doubts } = intentsSince('a', read, { sinceMs });
      const gone = written.slice(0, read.overwritten);
      if (gone.some((intent) => timeOf(intent) >= sinceMs)) assert.equal(doubts.length, 1);
      const oldest = read.intents[0];
      if (oldest === undefined || timeOf(oldest) < sinceMs - MARGIN_MS)
        assert.deepEqual(doubts, []);
    }),
    RUNS,
  );
});

test('a clock that was set, and a state that is not the engine’s own, make all that the ring holds count', () => {
  const steps = [1_000, 1_000, 1_000, 1_000];
  const late = { sinceMs: NOON + 3_600_000 };
  assert.equal(intentsSince('a', journal(steps).read, late).intents.length, 0);
  for (const setMs of [-7_200_000, -1_500, 1_500]) {
    const { read } = journal(steps, { setMs });
    assert.equal(intentsSince('a', read, late).intents.length, 4, String(setMs));
  }
  const { read } = journal(Array(20).fill(1_000));
  const all = intentsSince('a', read, { sinceMs: null });
  assert.equal(all.intents.length, CAPACITY);
  assert.deepEqual(all.doubts, ['a: 12 records overwritten, of since the state was kept']);
});

test('a record that is older than the round stands for none of those between', () => {
  const { read } = journal(Array(20).fill(1_000));
  const [, ...rest] = read.intents;
  const ancient = { ...journal([1_000]).written[0], sequence: 1 } as Journal['intents'][number];
  const held = { ...read, intents: [ancient, ...rest], missing: 1 };
  const { doubts } = intentsSince('a', held, { sinceMs: NOON + 7_000 });
  assert.match(doubts.join(), /12 records overwritten/);
});

test('damaged and missing records are told, unfinished ones were not sent', () => {
  const lost = { unfinished: 2, damaged: 1, missing: 3 };
  const { doubts, unfinished } = intentsSince('a', journal([1], { lost }).read, { sinceMs: NOON });
  assert.deepEqual(doubts, ['a: 1 record damaged', 'a: 3 records missing']);
  assert.equal(unfinished, 2);
});

const DIED = { instanceId: 'desk-e7', startTicks: '900', diedAtMs: NOON + 60_000 };
const listed = (instanceId: string, change: Parameters<typeof headed>[0] = {}): ListedJournal => ({
  name: `${instanceId}.journal`,
  header: headed({ instanceId, ...change }),
});
const choose = (files: ListedJournal[], sinceMs: number | null = NOON + 30_000) =>
  journalsThatMatter('desk', files, { died: [DIED], sinceMs });

test('of instances that lived one after the other those count that lived since the state was kept', () => {
  const files = [
    listed('desk-e5', { atMs: NOON - 7_200_000 }),
    listed('desk-e6', { atMs: NOON - 3_600_000 }),
    listed('desk-e7'),
    listed('other-e1', { engineId: 'other' }),
  ];
  assert.deepEqual(choose(files), { names: ['desk-e7.journal'], doubts: [] });
  const before = choose(files, NOON - 60_000);
  assert.deepEqual(before, { names: ['desk-e6.journal', 'desk-e7.journal'], doubts: [] });
  assert.deepEqual(choose(files, null), { names: ['desk-e7.journal'], doubts: [] });
});

test('the journal of an instance that died is there and its own, or that is told', () => {
  assert.deepEqual(choose([]).doubts, ['desk-e7.journal is not there']);
  const other = { name: 'desk-e7.journal', header: headed({ instanceId: 'desk-e8' }) };
  assert.deepEqual(choose([other]).doubts, ['desk-e7.journal is of desk-e8 of desk']);
  const reused = choose([listed('desk-e7', { startTicks: '901' })]);
  assert.deepEqual(reused.doubts, ['desk-e7.journal is of another process of that name']);
  const torn = choose([{ name: 'desk-e7.journal', header: 'has 0 bytes, and is no journal' }]);
  const whose = 'whose it is is not known';
  assert.deepEqual(torn.doubts, [`desk-e7.journal has 0 bytes, and is no journal: ${whose}`]);
  const dead = { ...DIED, diedAtMs: NOON - 60_000 };
  const told = journalsThatMatter('desk', [], { died: [dead], sinceMs: NOON });
  assert.deepEqual(told.doubts, [], 'what it sent is older than the state');
});

test('of more journals than are read it is told', () => {
  const many = Array.from({ length: 12 }, (_, at) =>
    listed(`desk-e${at + 7}`, { atMs: NOON + at }),
  );
  const { names, doubts } = choose(many, NOON);
  assert.deepEqual([names.length, names.at(-1)], [10, 'desk-e18.journal']);
  assert.deepEqual(doubts, ['2 older journals since then: not read']);
});
