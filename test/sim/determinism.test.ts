/** One seed, one simulation: the same in every process, to the last command; and another seed is another one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONG_TESTS } from '../needs.js';
import { simulated } from './compared/simulated.js';

/** Each simulation takes a third of a second. */
const SEEDS = LONG_TESTS ? ['1', '2', '3', '4', '5'] : ['1', '2'];
/** Whose fakes remember nothing, so that one process may run them for each seed. */
const NAMES = ['happy-path', 'gate-expired-then-halted', 'manual-skips-no-question'];

const digests = () => simulated(SEEDS, NAMES).map(({ seed, name, digest }) => [seed, name, digest]);

test('the same seed is the same simulation in another process', () => {
  const [once, again] = [digests(), digests()];
  assert.equal(once.length, SEEDS.length * NAMES.length);
  assert.deepEqual(once, again);
});

test('another seed is another simulation', () => {
  const found = digests();
  assert.equal(new Set(found.map(([, , digest]) => digest)).size, found.length);
});
