/** The links that `up` prints: a real server takes each query, and finds what it says. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { uiLinks } from '../../../clients/temporal/ui-links.js';
import { eventually } from '../../workflows/fakes/waiting.js';
import * as troubles from '../../workflows/fakes/troubles.js';
import { openWorld, type World } from '../../workflows/fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

async function found(what: string): Promise<string[]> {
  const link = uiLinks('http://127.0.0.1:8233/', 'default').find((one) => one.what === what);
  const url = new URL(link?.url ?? '');
  assert.equal(url.pathname, '/namespaces/default/workflows');
  const query = url.searchParams.get('query') ?? '';
  const ids: string[] = [];
  for await (const { workflowId } of world.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

/** Lists follow a little later. */
async function lists(what: string, wanted: readonly string[]): Promise<void> {
  await eventually(`${what}: ${wanted.join(', ')}`, async () => {
    const ids = await found(what);
    return ids.toSorted().join() === wanted.toSorted().join() ? ids : null;
  });
}

test('what waits, what is under way, what was not recovered, and the engines', async () => {
  const waits = world.engine({ fakes: troubles.exposureHigh });
  const halted = world.engine({ fakes: troubles.exposureHigh });
  const guardians = [waits, halted].map(({ engineId }) => `engine/${engineId}`);
  await Promise.all([waits.crash(), halted.crash()]);
  await Promise.all([waits.gate('exposure'), halted.gate('exposure')]);
  await lists('waiting for you', [waits.workflowId, halted.workflowId]);
  await halted.reject('exposure');
  await halted.reject('manual_recovery');
  await halted.ended();
  await lists('waiting for you', [waits.workflowId]);
  await lists('recovering', [waits.workflowId]);
  await lists('not recovered', [halted.workflowId]);
  await lists('engines', guardians);
  await waits.approve('exposure');
  await waits.ended();
  await lists('waiting for you', []);
});
