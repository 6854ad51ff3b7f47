/** Samples of a monitoring window come from a heartbeat: what is no sample must not pass for one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRampActivities } from '../../../activities/steps/ramp.js';
import { failure } from '../../../workflows/failure.js';
import { inActivity } from '../ports.js';

const WINDOW = { engineId: 'desk', instanceId: 'desk-e5', windowMs: 3, everyMs: 1 };

function watching(heartbeatDetails: unknown, quickHealth: () => Promise<object>) {
  const ports = { clock: { nowMs: () => 1 }, control: () => ({ quickHealth }) };
  const activities = createRampActivities(ports as never);
  return inActivity(activities, 'watchEngine', WINDOW, { heartbeatDetails });
}

const dead = async () => {
  throw failure('EngineUnreachable', 'for the test');
};
const alive = async () => ({ instanceId: 'desk-e5', healthy: true, hard: false, note: 'ok' });

test('a window that cannot be read from its heartbeat begins again, and a dead engine passes none', async () => {
  for (const broken of [['ok', 'ok', 'ok'], 'ok', [{ healthy: true }, {}, {}], { length: 3 }]) {
    // A healthy one before it: its samples must not be left for the next.
    assert.equal((await watching(broken, alive)).kind, 'pass');
    assert.equal((await watching(broken, dead)).kind, 'fail');
  }
});
