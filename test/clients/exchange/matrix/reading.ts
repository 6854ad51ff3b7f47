/** A thorough snapshot of one account, without the waits between its tries. */
import assert from 'node:assert/strict';
import type { VenueAccount } from '../../../../activities/ports.js';
import { PATIENCE } from '../../../../activities/procedures/patiently.js';
import { readVenues } from '../../../../activities/procedures/read-venues.js';
import type { VenueTruth } from '../../../../workflows/domain/books/snapshot.js';
import { SINCE } from './cases.js';

export const CASH_ASSETS = ['USD', 'USDT'];

const READING = {
  sinceMs: SINCE,
  thorough: true,
  live: false,
  cashAssets: CASH_ASSETS,
  orderIdPrefix: 'rl-',
};
const WITHOUT_WAITS = { tries: PATIENCE.asking.tries, firstWaitMs: 0, longestWaitMs: 0 };
const PACE = { patience: WITHOUT_WAITS, beat: () => undefined, nowMs: Date.now };

export async function snapshotOf(account: VenueAccount): Promise<VenueTruth> {
  const [truth] = await readVenues([account], READING, PACE);
  assert.ok(truth !== undefined);
  return truth;
}
