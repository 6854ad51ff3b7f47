/** What an agent's containment tells of itself where it is ended in the middle: against the venue's ledger. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure } from '../../../workflows/failure.js';
import type { Lease } from '../../../activities/ports.js';
import {
  containAtDeath,
  type DeathMemory,
} from '../../../activities/procedures/contain-at-death.js';
import { openBench } from '../../clients/exchange/bench.js';

const ORDERS = 20;

/** Of a newer engine that begins at the thirteenth write. */
function endingLease(): Lease {
  let asked = 0;
  return {
    async beforeWrite() {
      asked += 1;
      if (asked > 12) throw failure('StaleEpoch', 'a newer engine is there');
    },
    leftMs: () => Infinity,
  };
}

const FORGETFUL: DeathMemory = { listed: () => null, list: async () => undefined };

test('who is given up in the middle tells how many are gone, and nothing of it comes later', async (t) => {
  const bench = await openBench();
  t.after(() => bench.venues.close());
  for (let number = 1; number <= ORDERS; number += 1) {
    await bench.place('binance', { id: `rl-${number}`, quantity: '0.01' });
  }
  const told = await containAtDeath(bench.account('binance', { timeoutMs: 20_000 }), {
    prefix: 'rl-',
    rules: { keepProtective: true },
    memory: FORGETFUL,
    pace: { sleep: async () => undefined, beat: () => undefined, lease: endingLease() },
  });
  const { venues } = await bench.admin.ledger();
  const gone = ORDERS - venues.binance.openOrders.length;
  assert.ok(gone > 0 && gone < ORDERS, `${gone} are gone`);
  assert.deepEqual([told.cancelled, told.left], [gone, null]);
  assert.match(told.why ?? '', /^NOT WHOLLY: a newer engine is there/);
});
