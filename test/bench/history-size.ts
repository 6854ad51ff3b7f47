/**
 * History holds references, never state: it is as large for 10,000 orders as for 10. Two such recoveries differ by how
 * workflow tasks were batched and by how often the books of an engine that was just trading were compared again
 * (about 17 events and 5 kB each time), never by the number of orders.
 */
import assert from 'node:assert/strict';
import { runScenario } from '../../sandbox/demo/run.js';
import { scenarioOf } from '../../sandbox/demo/scenarios.js';
import { assertRecovered, openWorld } from '../e2e/house.js';

const FEW = 10;
const MANY = 10_000;

/** By how many bytes the history of many is the larger one, for each order more; and its size in bytes. */
export async function measureHistory(): Promise<{ bytesOfAnOrder: number; largest: number }> {
  const few = await historyOf(FEW);
  const many = await historyOf(MANY);
  return { bytesOfAnOrder: Math.abs(many - few) / (MANY - FEW), largest: many };
}

async function historyOf(orders: number): Promise<number> {
  const say = (line: string) => void process.stderr.write(`  ${line}\n`);
  const { world, close } = await openWorld(say, { orders });
  try {
    const run = await runScenario(world, scenarioOf('kill'), { orders, say });
    assertRecovered(run);
    const resolved = Object.values(run.result.orders ?? {}).reduce((sum, n) => sum + n, 0);
    assert.ok(resolved >= orders, `${resolved} orders were resolved`);
    return run.result.history?.bytes ?? assert.fail('no history was measured');
  } finally {
    await close();
  }
}
