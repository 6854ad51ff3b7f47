/** History holds references, never state: it is as large for 10,000 orders as for 10. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runScenario } from '../../sandbox/demo/run.js';
import { scenarioOf } from '../../sandbox/demo/scenarios.js';
import { assertRecovered, world } from './house.js';

const FEW = 10;
const MANY = 10_000;
/** The least that an order can be named by in a history: far less than its client order id. */
const BYTES_OF_AN_ORDER = 4;

test('history has the same size for 10 and for 10,000 orders', { timeout: 800_000 }, async (t) => {
  const sizes: { events: number; bytes: number }[] = [];
  for (const orders of [FEW, MANY]) {
    await t.test(`${orders} orders`, async (inner) => {
      const here = await world(inner, { orders });
      const say = (line: string) => inner.diagnostic(line);
      const run = await runScenario(here, scenarioOf('kill'), { orders, say });
      assertRecovered(run);
      const resolved = Object.values(run.result.orders ?? {}).reduce((sum, n) => sum + n, 0);
      assert.ok(resolved >= orders, `${resolved} orders were resolved`);
      sizes.push(run.result.history ?? { events: 0, bytes: 0 });
    });
  }
  const [few, many] = sizes;
  t.diagnostic(`history: ${JSON.stringify(sizes)}`);
  assert.ok(few !== undefined && many !== undefined);
  // They differ by how workflow tasks were batched and by how often the books of an engine that was
  // just trading were compared again (about 17 events and 5 kB each time), never by the number of
  // orders: at four bytes each, 10,000 of them would show.
  assert.ok(Math.abs(few.events - many.events) <= 60, JSON.stringify(sizes));
  assert.ok(many.bytes < 256 * 1024);
  assert.ok(Math.abs(few.bytes - many.bytes) < MANY * BYTES_OF_AN_ORDER, JSON.stringify(sizes));
});
