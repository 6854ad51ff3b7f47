/** What Temporal does not tell of one workflow is a row of its own, and hides nothing else. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { loadConfig } from '../../../workers/config/load.js';
import { openGates, statusOf } from '../../../workers/operations/recoveries.js';
import { guardianWorkflowId } from '../../../workflows/ids.js';
import { MARK_KEY } from '../../../workflows/trust/converter.js';
import { writeConfig } from '../processes/parts.js';

const INCIDENT = { incidentId: 'desk/1', workflowId: 'recovery/desk/1' };
const QUIET = { engineId: 'desk', epoch: 1, crashTimesMs: [], hold: null };
const grpc = (code: number) => new ServiceError('for the test', { cause: { code } as never });
const unknownNow = () => new WorkflowNotFoundError('gone', INCIDENT.workflowId, undefined);

function configOf(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'relight-status-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  return loadConfig(writeConfig(folder));
}

/** A guardian that knows this much, and recoveries whose queries all fail so. */
function clientOf(guardian: object | Error, failing: () => Error, found: object = {}): Client {
  const query = (workflowId: string) => async () => {
    if (workflowId !== guardianWorkflowId('desk')) throw failing();
    if (guardian instanceof Error) throw guardian;
    return guardian;
  };
  const named = { type: 'engineGuardian', taskQueue: 'relight' };
  const ours = { ...named, status: { name: 'RUNNING' }, raw: {} };
  const describe = async () => ({ ...ours, ...found });
  const getHandle = (workflowId: string) => ({
    query: query(workflowId),
    describe: async () => ({ ...(await describe()), workflowId }),
  });
  const withDeadline = async (_atMs: number, ask: () => Promise<unknown>) => ask();
  const connection = { workflowService: startedAs({ ...named, ...found }), withDeadline };
  return {
    workflow: { getHandle },
    options: OPTIONS,
    connection,
    withDeadline,
  } as unknown as Client;
}

/** Its codec has opened everything already. */
const OPTIONS = { namespace: 'default', loadedDataConverter: { payloadCodecs: [] } };

/** As the server keeps how the guardian was begun: by an operator. */
function startedAs({ type = '', taskQueue = '' }: { type?: string; taskQueue?: string }) {
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
  const mark = { by: { role: 'operator', host: null, keyId: 'o' } };
  const sent = { to: guardianWorkflowId('desk'), name: type, id: 'x', atMs: 1 };
  const input = {
    metadata: { encoding: Buffer.from('json/plain'), [MARK_KEY]: bytes(mark) },
    data: bytes({ engineId: 'desk', sent }),
  };
  const workflowExecutionStartedEventAttributes = {
    workflowType: { name: type },
    taskQueue: { name: taskQueue },
    input: { payloads: [input] },
  };
  const events = [{ eventTime: { seconds: 5 }, workflowExecutionStartedEventAttributes }];
  return { getWorkflowExecutionHistory: async () => ({ history: { events } }) };
}

const OPEN = { ...QUIET, openIncident: INCIDENT, past: [] };

test('a past recovery that Temporal no longer keeps is no fault, an open one is', async (t) => {
  const config = configOf(t);
  const past = { ...QUIET, openIncident: null, past: [{ ...INCIDENT, outcome: 'recovered' }] };
  const ended = await statusOf(config, clientOf(past, unknownNow), 'desk');
  assert.deepEqual([ended.recovery, ended.gate, ended.unread], [null, null, []]);
  const open = await statusOf(config, clientOf(OPEN, unknownNow), 'desk');
  assert.deepEqual(open.unread, ['the recovery recovery/desk/1: Temporal does not know it']);
});

test('a query that fails is told beside what the others say', async (t) => {
  const config = configOf(t);
  const told = await statusOf(
    config,
    clientOf(OPEN, () => grpc(4)),
    'desk',
  );
  assert.equal(told.guardian?.epoch, 1);
  const why = 'no worker answers for it: none runs, or its code fails on it again and again';
  const record = `the record of recovery/desk/1: ${why}`;
  assert.deepEqual(told.unread, [record, `the question of recovery/desk/1: ${why}`]);
  const unread: string[] = [];
  const gates = await openGates(config, clientOf(grpc(9), unknownNow), (why) => unread.push(why));
  assert.deepEqual([gates, unread], [[], [`desk: its guardian: ${why}`]]);
});

/** As the server tells on which version a guardian is, and who has asked for work when. */
function versionsOf(client: Client, polledSeconds: Record<string, number>): Client {
  const version = (buildId: string) => ({ deploymentName: 'relight', buildId });
  const workflowService = {
    ...startedAs({ type: 'engineGuardian', taskQueue: 'relight' }),
    describeWorkflowExecution: async () => ({
      workflowExecutionInfo: { versioningInfo: { behavior: 1, deploymentVersion: version('1.0') } },
    }),
    describeTaskQueue: async () => ({
      versioningInfo: { currentDeploymentVersion: version('2.0') },
      pollers: Object.entries(polledSeconds).map(([buildId, seconds]) => ({
        deploymentOptions: version(buildId),
        lastAccessTime: { seconds, nanos: 0 },
      })),
    }),
  };
  const withDeadline = async (_at: number, ask: () => Promise<unknown>) => ask();
  const { workflow, options } = client;
  const connection = { workflowService, withDeadline };
  return { workflow, connection, options, withDeadline } as unknown as Client;
}

test('an engine says on which version it is, and which takes its next crash', async (t) => {
  const quiet = clientOf({ ...QUIET, openIncident: null, past: [] }, unknownNow);
  const client = versionsOf(quiet, { '1.0': 1_000, '2.0': 1_000 });
  const told = await statusOf(configOf(t), client, 'desk');
  assert.deepEqual(told.version, { buildId: '1.0', current: '2.0', runs: true });
  assert.equal(told.guardian?.epoch, 1);
});

test('an engine whose version runs nowhere is told so, and is not waited for', async (t) => {
  const never = clientOf(new Error('was asked'), () => new Error('was asked'));
  const words = /^its guardian: no worker runs its version 1\.0: start .*data folder/;
  for (const polled of [{ '2.0': 1_000 }, { '1.0': 900, '2.0': 1_000 }]) {
    const told = await statusOf(configOf(t), versionsOf(never, polled), 'desk');
    assert.equal(told.unread.length, 1);
    assert.match(told.unread[0] ?? '', words);
    const unread: string[] = [];
    await openGates(configOf(t), versionsOf(never, polled), (why) => unread.push(why));
    assert.match(unread.join(), /^desk: its guardian: no worker runs its version 1\.0/);
  }
});

test('a server that is gone is a failure of the whole', async (t) => {
  const gone = grpc(14);
  await assert.rejects(statusOf(configOf(t), clientOf(gone, unknownNow), 'desk'), gone);
});

test('an id that a stranger has taken is told as that, with a remedy, and hides nothing', async (t) => {
  const taken = clientOf(QUIET, unknownNow, { type: 'mine', taskQueue: 'of-nobody' });
  const { unread, guardian } = await statusOf(configOf(t), taken, 'desk');
  assert.equal(guardian, null);
  assert.match(
    unread[0] ?? '',
    /^its guardian: a workflow that Relight did not start \(type "mine"/,
  );
  assert.match(unread[0] ?? '', /temporal workflow terminate --workflow-id 'engine\/desk'/);
});
