/** Whole incidents in virtual time: what ends unasked, what people say, and what is left of processes that die. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { loadWorkflowBundle } from '../../workers/processes/bundle.js';
import { incidents } from './compared/simulated.js';

const NAMES = [
  'unasked',
  'approved',
  'rejected',
  'worker-killed',
  'agent-stopped',
  'power-cut',
  'contained',
];
const [first, again] = [incidents(['1', '2'], NAMES), incidents(['1', '2'], NAMES)];
const told = (name: string) =>
  first.filter((one) => one.name === name).map((one) => ({ ...one, books: books(one) }));
const books = ({ atResume, atEnd }: (typeof first)[number]) => ({ atResume, atEnd });
const EQUAL = { atResume: [], atEnd: [] };

test('an engine that dies is recovered unasked, and its books are those of the ledger', () => {
  for (const { outcomes, gates, lives, books } of told('unasked')) {
    assert.deepEqual(outcomes, ['recovered']);
    assert.deepEqual(gates, []);
    assert.deepEqual(lives, ['desk-e0', 'desk-e1']);
    assert.deepEqual(books, EQUAL);
  }
});

test('where a person is asked, and approves, it is recovered', () => {
  for (const { outcomes, gates, decisions, books } of told('approved')) {
    assert.deepEqual(outcomes, ['recovered']);
    assert.deepEqual(gates, ['automatic_recovery approved']);
    assert.deepEqual(decisions, ['automatic_recovery olga approved']);
    assert.deepEqual(books, EQUAL);
  }
});

test('where a person rejects, nothing is started, and people are asked to recover it by hand', () => {
  for (const { outcomes, gates, lives, atEnd } of told('rejected')) {
    assert.deepEqual(outcomes, ['running']);
    assert.deepEqual(gates, ['automatic_recovery rejected', 'manual_recovery open']);
    assert.deepEqual(lives, ['desk-e0']);
    assert.equal(atEnd, null);
  }
});

test('a worker that dies, and an agent that wakes late, start no second engine', () => {
  for (const name of ['worker-killed', 'agent-stopped']) {
    for (const { outcomes, lives, books } of told(name)) {
      assert.deepEqual(outcomes, ['recovered'], name);
      assert.deepEqual(lives, ['desk-e0', 'desk-e1'], name);
      assert.deepEqual(books, EQUAL, name);
    }
  }
});

test('where Temporal is away, the agent of the host cancels what rests, and reports that it has', () => {
  for (const { outcomes, contained, books } of told('contained')) {
    assert.deepEqual(outcomes, ['recovered']);
    assert.deepEqual(contained, ['binance: 0 left', 'binanceusdm: 0 left']);
    assert.deepEqual(books, EQUAL);
  }
});

test('after a power cut of its machine people are asked, as nobody saw why, and it is recovered', () => {
  for (const { outcomes, gates, lives, books } of told('power-cut')) {
    assert.deepEqual(outcomes, ['recovered']);
    assert.deepEqual(gates, ['automatic_recovery approved']);
    assert.deepEqual(lives, ['desk-e0', 'desk-e1']);
    assert.deepEqual(books, EQUAL);
  }
});

test('the same seed is the same incident in another process, and another seed is another one', (t) => {
  const digests = (all: typeof first) => all.map(({ seed, name, digest }) => [seed, name, digest]);
  assert.deepEqual(digests(first), digests(again));
  assert.equal(new Set(first.map(({ digest }) => digest)).size, first.length);
  for (const { seed, name, cpuMs, virtualMs } of first) {
    t.diagnostic(
      `seed ${seed}, ${name}: ${cpuMs} ms of CPU for ${Math.round(virtualMs / 1_000)} s`,
    );
  }
});

test('what was written down as history, the real core replays', async () => {
  const workflowBundle = await loadWorkflowBundle();
  for (const { seed, name, histories } of first) {
    if (seed !== '1') continue;
    for (const [workflowId, history] of histories) {
      const replaying = Worker.runReplayHistory(
        { workflowBundle },
        JSON.parse(history) as never,
        workflowId,
      );
      await assert.doesNotReject(replaying, name);
    }
  }
});

test('over the wire, through the real gateway, it is recovered as well', (t) => {
  for (const { outcomes, gates, atResume, atEnd, cpuMs } of incidents(['1'], ['unasked'], 'wire')) {
    assert.deepEqual(outcomes, ['recovered']);
    assert.deepEqual(gates, []);
    assert.deepEqual({ atResume, atEnd }, EQUAL);
    t.diagnostic(`${cpuMs} ms of CPU`);
  }
});
