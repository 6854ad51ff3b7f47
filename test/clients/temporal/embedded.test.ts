/** The embedded Temporal server: one for all who ask, and workflows that outlive it. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import {
  type EmbeddedTemporal,
  type EmbeddedTemporalOptions,
  ensureEmbeddedTemporal,
  ensureSearchAttributes,
  findEmbeddedTemporal,
  findTemporalCli,
  startEmbeddedTemporal,
} from '../../../clients/temporal/embedded/index.js';
import { databasePath } from '../../../clients/temporal/embedded/database.js';

const TASK_QUEUE = 'embedded-test';
const WORKFLOWS = fileURLToPath(new URL('./fixtures/count-steps.ts', import.meta.url));

let cliPath: string;
const onProgress = (line: string) => void process.stderr.write(`${line}\n`);

before(async () => {
  // The worker is meant to lose its server here; its warnings about it would read as failures.
  Runtime.install({ logger: new DefaultLogger('ERROR', () => {}) });
  cliPath = await findTemporalCli({ env: process.env, onProgress });
});

const dataDirs: string[] = [];
after(async () => {
  for (const dataDir of dataDirs)
    await rm(dataDir, { recursive: true, force: true, maxRetries: 9 });
});

async function makeOptions(): Promise<EmbeddedTemporalOptions> {
  const dataDir = await mkdtemp(join(tmpdir(), 'relight-temporal-'));
  dataDirs.push(dataDir);
  return { dataDir, cliPath, ui: false, searchAttributes: { RelightTest: 'Keyword' } };
}

function stopAfter(context: TestContext, server: EmbeddedTemporal): EmbeddedTemporal {
  context.after(() => server.stop());
  return server;
}

async function connect(context: TestContext, address: string): Promise<Connection> {
  const connection = await Connection.connect({ address });
  context.after(() => connection.close());
  return connection;
}

function makeSignal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

test('two at once get the same server', async (context) => {
  const options = await makeOptions();
  const servers = await Promise.all([
    ensureEmbeddedTemporal(options),
    ensureEmbeddedTemporal(options),
  ]);
  for (const server of servers) stopAfter(context, server);
  assert.equal(servers[0].pid, servers[1].pid);
  assert.equal(servers.filter(({ started }) => started).length, 1);
  await assert.rejects(startEmbeddedTemporal(options), /already runs on/);
});

test('a stopped server is not found, and the next one takes its address', async (context) => {
  const options = await makeOptions();
  const first = await ensureEmbeddedTemporal(options);
  assert.equal((await findEmbeddedTemporal(options.dataDir))?.pid, first.pid);
  await first.stop();
  await first.stop();
  assert.equal(await findEmbeddedTemporal(options.dataDir), undefined);
  const second = stopAfter(context, await ensureEmbeddedTemporal(options));
  assert.equal(second.started, true);
  assert.equal(second.address, first.address);
});

test('a record of a process that has another start time is not believed', async (context) => {
  const options = await makeOptions();
  const record = { pid: process.pid, startTicks: '1', address: '127.0.0.1:1' };
  await writeFile(join(options.dataDir, 'temporal.json'), JSON.stringify(record));
  assert.equal(await findEmbeddedTemporal(options.dataDir), undefined);
  const server = stopAfter(context, await ensureEmbeddedTemporal(options));
  assert.notEqual(server.pid, process.pid);
});

test('search attributes are registered once, and never with another type', async (context) => {
  const options = await makeOptions();
  const server = stopAfter(context, await startEmbeddedTemporal(options));
  const connection = await connect(context, server.address);
  const wanted = { RelightTest: 'Keyword', RelightAt: 'Datetime' } as const;
  await ensureSearchAttributes(connection, 'default', wanted);
  await ensureSearchAttributes(connection, 'default', wanted);
  const { customAttributes } = await connection.operatorService.listSearchAttributes({
    namespace: 'default',
  });
  assert.ok('RelightAt' in customAttributes && 'RelightTest' in customAttributes);
  await assert.rejects(
    ensureSearchAttributes(connection, 'default', { RelightAt: 'Int' }),
    /RelightAt exists in default and is not of type Int/,
  );
});

test('a workflow goes on after its server is killed and started again', async (context) => {
  const options = await makeOptions();
  const first = await startEmbeddedTemporal(options);
  const reached = makeSignal();
  const release = makeSignal();
  // A worker waits for its activities, so a failed test would hang on this one.
  context.after(release.give);
  const ran = new Set<number>();
  const step = async (index: number): Promise<number> => {
    ran.add(index);
    if (index === 4) {
      reached.give();
      await release.given;
    }
    return 1;
  };
  const connection = await NativeConnection.connect({ address: first.address });
  context.after(() => connection.close());
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: WORKFLOWS,
    activities: { step },
  });
  await worker.runUntil(async () => {
    const client = new Client({ connection: await connect(context, first.address) });
    const handle = await client.workflow.start('countSteps', {
      taskQueue: TASK_QUEUE,
      workflowId: 'killed-in-the-middle',
      args: [12],
    });
    await reached.given;
    process.kill(first.pid, 'SIGKILL');
    const second = stopAfter(context, await ensureEmbeddedTemporal(options));
    assert.equal(second.started, true);
    assert.equal(second.address, first.address);
    release.give();
    assert.equal(await handle.result(), 12);
  });
  assert.equal(ran.size, 12);
});

test('a database that was never completed is moved aside and made anew', async (context) => {
  const options = await makeOptions();
  // What a kill during the creation of the schema leaves: the CLI takes any file for complete.
  await writeFile(databasePath(options.dataDir), '');
  const lines: string[] = [];
  const server = await startEmbeddedTemporal({ ...options, log: (line) => lines.push(line) });
  stopAfter(context, server);
  assert.match(lines.join('\n'), /was never completed; it is kept as/);
  assert.ok((await readdir(options.dataDir)).some((name) => name.startsWith('temporal.db.aside-')));
});

test('another server on the port is not taken for ours', async (context) => {
  const holder = stopAfter(context, await startEmbeddedTemporal(await makeOptions()));
  const port = Number(holder.address.split(':')[1]);
  const options = { ...(await makeOptions()), port };
  await assert.rejects(startEmbeddedTemporal(options), /address already in use/);
});

test('a server that cannot start says why, and leaves no process behind', async () => {
  const options = await makeOptions();
  await writeFile(databasePath(options.dataDir), 'not a database');
  await writeFile(join(options.dataDir, 'temporal.db.complete'), '');
  await assert.rejects(startEmbeddedTemporal(options), (error: Error) => {
    assert.match(error.message, /ended while it was starting/);
    assert.match(error.message, /not a database/i);
    return true;
  });
  assert.equal(await findEmbeddedTemporal(options.dataDir), undefined);
  // It holds what the user had: a complete database is never moved or changed.
  assert.equal(await readFile(databasePath(options.dataDir), 'utf8'), 'not a database');
});
