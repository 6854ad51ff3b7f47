/** The bound on venue calls holds for a recovery as it is, and breaks for a wasteful one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VENUE_IDS } from '../../../sandbox/venues/index.js';
import { measureVenueCalls, type VenueCalls } from './venue-calls.js';

const BOUND = 1.2;
/** `npm run bench` has more of them, and with them the ends of pages. */
const fillsEach = 10;

const ratios = ({ requests, weight, leastRequests, leastWeight }: VenueCalls) => [
  requests / leastRequests,
  weight / leastWeight,
];

test('a recovery asks each venue for little more than the least', async () => {
  const calls = await measureVenueCalls({ fillsEach });
  assert.deepEqual(
    calls.map(({ venue }) => venue),
    VENUE_IDS,
  );
  for (const one of calls) {
    const [requests = 0, weight = 0] = ratios(one);
    assert.ok(requests <= BOUND && weight <= BOUND, JSON.stringify(one));
  }
});

test('a recovery that takes every snapshot three times breaks the bound everywhere', async () => {
  for (const one of await measureVenueCalls({ fillsEach, snapshots: 3 })) {
    const [requests = 0, weight = 0] = ratios(one);
    assert.ok(requests > BOUND && weight > BOUND, JSON.stringify(one));
  }
});
