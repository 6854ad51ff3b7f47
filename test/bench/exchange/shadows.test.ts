/** Shadows take little of what a venue allows, and at rest a part of that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureShadows, SHARE } from './shadows.js';

test('an engine that trades is shadowed within a small share of each limit, one at rest with less', async (t) => {
  for (const cost of await measureShadows()) {
    t.diagnostic(JSON.stringify(cost));
    assert.ok(cost.share <= SHARE, JSON.stringify(cost));
    assert.ok(cost.shareAtRest <= cost.share, JSON.stringify(cost));
    assert.ok(cost.requestsAnHour <= (cost.requests * 3_600) / 5, JSON.stringify(cost));
  }
});
