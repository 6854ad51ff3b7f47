/** A real server, a control plane whose guardian of one engine throws, and what a host's agent needs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { parse, stringify } from 'yaml';
import { createFollowActivities } from '../../../../activities/guardian/follow-recovery.js';
import { Connection } from '@temporalio/client';
import { signedClient } from '../../../../clients/temporal/connect.js';
import { createWorkflows } from '../../../../clients/temporal/workflows.js';
import { composeMessages } from '../../../../workers/compose/messages.js';
import type { Config } from '../../../../workers/config/schema.js';
import { loadConfig } from '../../../../workers/config/load.js';
import { createWorker, installRuntime } from '../../../../workers/processes/runtime.js';
import { TASK_QUEUE } from '../../../../workflows/ids.js';
import { folderOf } from '../../../clients/host/processes.js';
import { bundledCode, changedCode } from '../bundled.js';
import type { Webhook } from '../telling/agent.js';
import { relight, writeConfig } from '../parts.js';
import { openServer } from '../temporal-with.js';

/** Of this one the code throws; the last one is of another host. */
export const BROKEN = 'desk';
export const WELL = 'well';
export const FAR = 'far';

const BEGINS = /async function engineGuardian\((\w+)\) \{/;

async function workflowCode(isBroken: boolean): Promise<string> {
  const code = await bundledCode();
  const throws = `throw new Error('its code *is* broken');`;
  const broken = (begins = '', state = '') =>
    `${begins}\n  if (${state}.engineId === '${BROKEN}') ${throws}`;
  return isBroken ? changedCode(code, BEGINS, broken) : code;
}

interface File {
  engines: Record<string, { control?: object }>;
}

async function writeFiles(t: TestContext, address: string, hook: Webhook) {
  const folder = folderOf(t);
  const url = join(folder, 'hook');
  writeFileSync(url, hook.url, { mode: 0o600 });
  const notify = [{ kind: 'webhook', name: 'hook', url: { file: url } }];
  const path = writeConfig(folder, { notify, temporal: { address } });
  const { engines, ...config } = parse(readFileSync(path, 'utf8')) as File;
  const copy = (name: string, port: number) => ({
    ...engines[BROKEN],
    control: { ...engines[BROKEN]?.control, url: `http://127.0.0.1:${port}` },
    orderIdPrefix: `${name}-`,
    liveness: { socket: join(folder, `${name}.sock`), heartbeatFile: join(folder, name) },
    checkpoints: { written: join(folder, `${name}-w`), recovered: join(folder, `${name}-r`) },
  });
  const all = { ...engines, [WELL]: copy(WELL, 3), [FAR]: { ...copy(FAR, 4), host: 'elsewhere' } };
  writeFileSync(path, stringify({ ...config, engines: all }));
  const made = relight(t, ['keys', 'messages', 'make', '--config', path]);
  if ((await made.ended) !== 0) throw new Error(made.seen.stderr);
  return { folder, path };
}

let isInstalled = false;

/** Not before it is needed: one that nobody uses would keep this process running. */
function installOnce(): void {
  if (!isInstalled) installRuntime(pino({ level: 'silent' }));
  isInstalled = true;
}

/** As `relight worker`, but for the code; a guardian asks nothing else of it here. */
async function startWorker(config: Config, address: string, isBroken: boolean) {
  installOnce();
  const connection = await NativeConnection.connect({ address });
  const messages = composeMessages(config, 'control');
  const server = { connection, namespace: 'default', codec: messages.codec };
  const workflows = createWorkflows({ ...server, client: signedClient(messages, { connection }) });
  const worker = await createWorker({
    connection,
    messages,
    taskQueue: TASK_QUEUE,
    workflowBundle: { code: await workflowCode(isBroken) },
    activities: {
      ...createFollowActivities({ workflows, clock: { nowMs: () => Date.now() } }),
      notify: async () => ({ undelivered: [] }),
    },
  });
  const runs = worker.run();
  let ended: Promise<void> | null = null;
  const stop = async () => {
    worker.shutdown();
    await runs;
    await connection.close();
  };
  return { stop: () => (ended ??= stop()) };
}

export async function guardiansWorld(t: TestContext, hook: Webhook) {
  const address = await openServer(t);
  const files = await writeFiles(t, address, hook);
  const config = loadConfig(files.path);
  const connection = await Connection.connect({ address });
  t.after(() => connection.close());
  return {
    ...files,
    config,
    client: signedClient(composeMessages(config, 'operator'), { connection }),
    looks: t.mock.method(connection.workflowService, 'describeWorkflowExecution').mock,
    startWorker: async ({ isBroken }: { isBroken: boolean }) => {
      const worker = await startWorker(config, address, isBroken);
      t.after(() => worker.stop());
      return worker;
    },
  };
}
