/** The same bug again, as `relight status` says it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { standingOf } from './fixtures/standings.js';
import { run } from './run.js';

test('status says which bug has struck again, and how often', async (t) => {
  const death = {
    atMs: Date.UTC(2026, 10, 26),
    cause: 'segfault',
    signature: 'segfault:onTick:01',
  };
  const deaths = ['a', 'b', 'c'].map((instanceId) => ({ ...death, instanceId }));
  const once = { instanceId: 'd', atMs: 0, cause: 'killed' };
  const guardian = {
    engineId: 'desk',
    epoch: 3,
    crashTimesMs: [],
    hold: null,
    openIncident: null,
    past: [],
    deaths: [...deaths, once],
  };
  const status = async () => ({
    engineId: 'desk',
    standing: standingOf('trading'),
    killSwitch: { engaged: false, reason: '' },
    killSwitches: [],
    guardian,
    recovery: null,
    gate: null,
    unread: [],
  });
  const { stdout } = await run(t, { status }, 'status');
  assert.match(stdout, /AGAIN: segfault:onTick:01: 3 deaths in 30 days, last on 2026-11-26T00:00/);
  assert.doesNotMatch(stdout, /killed/);
});
