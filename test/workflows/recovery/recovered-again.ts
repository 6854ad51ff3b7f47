/** What holds after a recovery whose new engine crashed once. */
import assert from 'node:assert/strict';
import type { Writers } from '../../../workflows/domain/policy/newest-checkpoint.js';
import type { Engine } from '../fakes/engine.js';

/** Until it is granted something, what the first one wrote is not doubted for being of before. */
export function assertWriters(engine: Engine, { granted }: { granted: boolean }): void {
  const { writers } = engine.callsOf('inspectCheckpoints')[1]?.input ?? {};
  const { crashed, started, livedOn } = writers as Writers;
  const [first, again] = [`${engine.engineId}-e0`, `${engine.engineId}-e1`];
  assert.deepEqual([started, livedOn], [[again], false]);
  const names = crashed.map(({ instanceId }) => instanceId);
  assert.deepEqual(names, granted ? [again] : [first, again]);
}

export function epochsStarted({ callsOf }: Engine): unknown[] {
  return callsOf('startEngine').map(({ input }) => input['epoch']);
}

export async function assertRecoveredAgain(engine: Engine): Promise<void> {
  assert.equal((await engine.ended()).outcome, 'recovered');
  const record = await engine.record();
  assert.equal(record.epoch, 2);
  assert.equal(record.crashCount, 2);
  assert.equal(record.crashes.length, 2);
  assert.equal(record.crashes[1]?.instance.instanceId, `${engine.engineId}-e1`);
  assert.deepEqual(epochsStarted(engine), [1, 2]);
  const analysed = engine.callsOf('confirmDeath').map(({ input }) => input['report']);
  assert.deepEqual(analysed, record.crashes);
  assert.equal(record.steps.filter(({ name }) => name === 'analyse')[1]?.attempts, 2);
}
