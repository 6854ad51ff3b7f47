/** What writes has one turn for each engine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostActivities } from '../../../activities/index.js';
import type { HostPorts } from '../../../activities/ports.js';
import { ALWAYS } from '../../../activities/procedures/lease.js';
import { inActivity } from '../ports.js';

test('a second attempt at an engine waits for the first, and another engine for neither', async () => {
  const said: string[] = [];
  const ends: (() => void)[] = [];
  const control = (engineId: string) => ({
    setLimits: async () => {
      said.push(`${engineId} begins`);
      await new Promise<void>((resolve) => ends.push(resolve));
      said.push(`${engineId} ends`);
    },
    enableStrategies: async () => undefined,
  });
  const ports = {
    lease: () => ALWAYS,
    hasEngine: () => true,
    control,
    fence: {
      raise: async () => undefined,
      killSwitch: async () => ({ engaged: false, reason: '' }),
    },
  } as unknown as HostPorts;
  const activities = createHostActivities(ports);
  const stage = { percent: 50, strategies: 'all', soakMs: 0, monitorMs: 0 } as const;
  const grant = (engineId: string) =>
    inActivity(activities, 'applyStage', {
      engineId,
      instanceId: `${engineId}-e1`,
      epoch: 1,
      idempotencyKey: 'a:e1:ramp',
      stage,
    });
  const all = [grant('one'), grant('one'), grant('two')];
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(said, ['one begins', 'two begins']);
  while (said.length < 6) {
    ends.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(all);
  assert.deepEqual(said.slice(2, 4), ['one ends', 'one begins']);
});
