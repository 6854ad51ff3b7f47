/** An engine of a kit that is killed as it trades, its last orders still on their way, and its whole recovery. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { createArtifactStore } from '../../../clients/artifacts/index.js';
import { followRecovery, openedRecovery } from '../../../sandbox/demo/follow.js';
import { compareFates } from '../../kits/fates/compare-fates.js';
import { killAsItTrades } from '../../kits/fates/death.js';
import type { Kit } from '../../kits/programs.js';
import { openKitWorld } from './kit-world.js';

/** `livesMs`: after it was seen. */
export async function recoverKilled(
  t: Pick<TestContext, 'after'>,
  kit: Kit,
  { livesMs, say }: { livesMs: number; say: (line: string) => void },
) {
  const here = await openKitWorld(t, kit);
  const { bench, gateway, world, journal } = here;
  const engine = here.start();
  await here.untilWatched(engine.pid);
  await sleep(livesMs);
  const { sent: atDeath } = await killAsItTrades(engine, gateway);

  const followed = { leaveOpen: ['manual_recovery'], say, boundMs: 240_000 };
  const record = await followRecovery(world, await openedRecovery(world), followed);
  assert.equal(record.outcome, 'recovered', record.outcomeDetail);
  assert.ok(record.orders !== null);
  const artifacts = createArtifactStore(`${world.files.dataDir}/artifacts`);
  const resolutions = await artifacts.get('order-resolutions', record.orders.resolutions);
  const ids = { journal, prefix: 'ex-7-', sent: gateway.sent };
  const compared = await compareFates(bench.admin, resolutions, ids);
  return { record, compared, atDeath, artifacts, ledger: () => bench.admin.ledger() };
}
