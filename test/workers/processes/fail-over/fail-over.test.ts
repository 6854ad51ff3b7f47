/**
 * Two hosts that share a store of artifacts and nothing else: an engine is recovered on one, and brought to the
 * other by the word of a person. What lives is what the operating system shows, and what was done to orders is
 * what the venues' ledger holds.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { guardianStatusOf } from '../../../../clients/temporal/recoveries.js';
import { followRecovery } from '../../../../sandbox/demo/follow.js';
import { ON_CALL } from '../../../../sandbox/demo/settings.js';
import type { World } from '../../../../sandbox/demo/world.js';
import { openRealS3 } from '../../../clients/artifacts/real-s3.js';
import { folderOf } from '../../../clients/host/processes.js';
import { LONG_TESTS, s3Server, whyNoNamespace } from '../../../needs.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { openFleet, type Fleet } from './fleet.js';

const inFolder = async (folder: string) => {
  const store = join(folder, 'store');
  mkdirSync(store);
  return { setting: { folder: store }, ports: [] };
};

async function inS3(t: TestContext, program: string) {
  const { accessKeyId, secretAccessKey, endpoint, ...rest } = await openRealS3(t, program);
  const kept = (name: string, content: string) => {
    const file = join(folderOf(t), name);
    writeFileSync(file, content, { mode: 0o600 });
    return { file };
  };
  const secrets = {
    accessKeyId: kept('id', accessKeyId),
    secretAccessKey: kept('secret', secretAccessKey),
  };
  const setting = { s3: { ...rest, endpoint, ...secrets } };
  return { setting, ports: [Number(new URL(endpoint).port)] };
}

async function statusOf({ client, engineId }: Fleet) {
  return (await guardianStatusOf(client, engineId)) ?? assert.fail('no guardian');
}

/** The last incident, to its end; questions are answered with yes. */
async function recovered(fleet: Fleet, incidents: number) {
  const { client, control } = fleet;
  const open = await eventually(`incident ${incidents} is open`, async () => {
    const { openIncident, past } = await statusOf(fleet);
    return (
      past.length + (openIncident === null ? 0 : 1) === incidents &&
      (openIncident ?? past.at(-1) ?? false)
    );
  });
  const world = { client, files: control } as World;
  const options = { leaveOpen: [], say: () => undefined, boundMs: 90_000 };
  const record = await followRecovery(world, open.workflowId, options);
  await eventually('it is closed', async () => (await statusOf(fleet)).openIncident === null);
  assert.equal(record.outcome, 'recovered', record.outcomeDetail);
  return record;
}

async function oneLives({ living }: Fleet, host: 'a' | 'b', instance: string) {
  const all = await living();
  const shown = JSON.stringify(all);
  assert.deepEqual([...new Set(all.map((each) => each.host))], [host], shown);
  assert.deepEqual([...new Set(all.map(({ instanceId }) => instanceId))], [instance], shown);
}

async function kill({ living }: Fleet) {
  for (const { pid } of await living()) process.kill(pid, 'SIGKILL');
  await eventually('it is gone', async () => (await living()).length === 0);
}

/** What the engine placed: every id once, whichever host it was placed from. */
async function nothingTwice({ admin }: Fleet) {
  const { writes } = await admin.requests();
  const sent = writes
    .filter(({ endpoint }) => endpoint === 'placeOrder')
    .map(({ venue, clientOrderId }) => `${venue} ${clientOrderId}`);
  assert.ok(sent.length > 0);
  assert.equal(new Set(sent).size, sent.length);
}

async function failsOver(t: TestContext, artifacts: Parameters<typeof openFleet>[1]) {
  const fleet = await openFleet(t, artifacts);
  const { a, b, control, engineId, cli } = fleet;
  const agents = { a: await a.startAgent(), b: await b.startAgent() };
  fleet.startEngine(a);
  await eventually('it trades', async () => {
    const { venues } = await fleet.admin.ledger();
    return Object.values(venues).flatMap(({ openOrders }) => openOrders).length >= 4;
  });
  await oneLives(fleet, 'a', `${engineId}-e0`);

  await kill(fleet);
  const first = await recovered(fleet, 1);
  assert.equal(first.host, 'a');
  await oneLives(fleet, 'a', `${engineId}-e1`);

  // The agent is silent and the engine dead: as far as anybody can tell, so is the machine.
  process.kill(agents.a.pid(), 'SIGSTOP');
  await kill(fleet);
  const said = ['--reason', 'its rack is dark', '--as', ON_CALL, '--key', control.keyFile];
  const failOver = (...more: string[]) => cli('failover', engineId, '--to', 'b', ...said, ...more);
  fleet.setHome(control, 'b');
  fleet.setHome(b.files, 'b');
  process.kill(agents.b.pid(), 'SIGKILL');
  await agents.b.ended;
  agents.b = await b.startAgent();
  const unsaid = await failOver();
  assert.equal(await unsaid.ended, 3);
  assert.match(unsaid.seen.stderr, /"a" does not answer, so nobody has seen/);
  assert.equal((await statusOf(fleet)).past.length, 1);
  const told = await failOver('--machine-off');
  assert.match(told.seen.stdout, /failed over from "a" to "b", epoch 2: recovery of \S+-e1 begun/);

  const second = await recovered(fleet, 2);
  assert.deepEqual([second.host, second.failover?.from, second.failover?.by], ['b', 'a', ON_CALL]);
  await oneLives(fleet, 'b', `${engineId}-e2`);

  // The old host wakes: it is fenced, the death that it tells is known already, and nothing of it starts.
  process.kill(agents.a.pid(), 'SIGCONT');
  await eventually('it is fenced', async () => (await statusOf(fleet)).moved?.fenced === true);
  await eventually('its report opens nothing', () => agents.a.stderr.includes('"duplicate"'));
  const after = await statusOf(fleet);
  assert.deepEqual([after.openIncident, after.past.length, after.host], [null, 2, 'b']);
  await oneLives(fleet, 'b', `${engineId}-e2`);
  await nothingTwice(fleet);
}

const skip = whyNoNamespace();
const WHAT =
  'an engine is recovered on each host, fails over by hand, and the host that it left is refused';

test(`${WHAT}: artifacts in a folder`, { skip, timeout: 580_000 }, async (t) =>
  failsOver(t, inFolder),
);

const server = s3Server();
const LONG = LONG_TESTS ? false : 'RELIGHT_LONG_TESTS=1 runs it';
const noS3 = 'why' in server ? server.why : LONG;

test(`${WHAT}: artifacts in S3`, { skip: skip || noS3, timeout: 580_000 }, async (t) =>
  failsOver(t, async () => inS3(t, 'program' in server ? server.program : '')),
);
