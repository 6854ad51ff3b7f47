/**
 * A real server that has worker deployments switched off: workers run without a version, say so at each start, and an open
 * recovery goes on with the code of now.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as troubles from '../../../workflows/fakes/troubles.js';
import { setting } from '../temporal-with.js';
import { openVersionsWorld } from './world.js';

const OFF = ['enableDeployments', 'enableDeploymentVersions'].map((name) =>
  setting(`system.${name}`, 'false'),
);
const SAID =
  /"level":40.*versions are disabled.*lets us name no version: open recoveries must replay/i;

test('on a server without versions workers have none, and a recovery outlives an upgrade', async (t) => {
  const world = await openVersionsWorld(t, OFF);
  const { before } = world.bundles;
  const first = await world.start('1.0.0-before', before);
  assert.ok(first.said(SAID));
  const engine = world.engine({ fakes: troubles.volatile });
  await engine.crash();
  await engine.gate('volatility');
  assert.equal(await world.versionOf(engine), null);
  await first.stop();
  const second = await world.start('1.0.1-before', before);
  assert.ok(second.said(SAID));
  assert.equal((await engine.approve('volatility')).accepted, true);
  assert.equal((await engine.ended()).outcome, 'recovered');
  assert.equal(await world.versionOf(engine), null);
});
