/** A real agent whose Temporal is dead, engines that die beside it, and a webhook that notes what it is told. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { KeptNotice } from '../../../../activities/ports.js';
import { watchedRecordPath } from '../../../../clients/detector/watched.js';
import { nodeCommand } from '../../../../workers/processes/self.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { folderOf, run } from '../../../clients/host/processes.js';
import { relight, writeConfig, type Relight } from '../parts.js';

const ENGINE = nodeCommand(
  new URL('../../../clients/detector/fixtures/beating-engine.ts', import.meta.url).href,
);

interface Told {
  key: string;
  severity: string;
  title: string;
  text: string;
}

export interface Webhook {
  url: string;
  /** What was taken. */
  told: Told[];
  /** Statuses of the next answers; 200 after them. */
  answers: number[];
  asked: number;
}

export async function openWebhook(t: Pick<TestContext, 'after'>): Promise<Webhook> {
  const hook: Webhook = { url: '', told: [], answers: [], asked: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      hook.asked += 1;
      const status = hook.answers.shift() ?? 200;
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Omit<Told, 'key'>;
      const key = String(request.headers['idempotency-key']);
      if (status === 200) hook.told.push({ ...body, key });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  hook.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/canary`;
  return hook;
}

export interface AgentAlone {
  folder: string;
  config: string;
  start(): Promise<Relight>;
  /** Starts an engine that says hello, and kills it. */
  crash(instanceId: string): Promise<void>;
}

/** What the agent last heard of, as its record has it. */
export interface WatchedRecord {
  path: string;
  record: { instance: { pid: number }; ended: string };
}

export function watchedRecord(folder: string): WatchedRecord {
  const path = watchedRecordPath(join(folder, 'data'), 'desk');
  const record = JSON.parse(readFileSync(path, 'utf8')) as WatchedRecord['record'];
  return { path, record };
}

/** Whom each notice of the agent still has to reach, by its own notes. */
export function stillWaiting(folder: string): string[][] {
  const notes = join(folder, 'data', 'notices');
  return readdirSync(notes)
    .filter((name) => name.endsWith('.json'))
    .map((name) => (JSON.parse(readFileSync(join(notes, name), 'utf8')) as KeptNotice).waiting);
}

function isWatched(folder: string, pid: number): boolean {
  const { instance, ended } = watchedRecord(folder).record;
  return instance.pid === pid && ended === 'no';
}

/** Its only engine is "desk". */
export async function agentAlone(t: TestContext, hooks: Webhook[]): Promise<AgentAlone> {
  const folder = folderOf(t);
  const notify = hooks.map(({ url }, at) => {
    const file = join(folder, `hook-${at}`);
    writeFileSync(file, url, { mode: 0o600 });
    return { kind: 'webhook', name: `hook-${at}`, url: { file } };
  });
  const config = writeConfig(folder, { notify, temporal: { address: '127.0.0.1:1' } });
  const keys = relight(t, ['keys', 'messages', 'make', '--config', config]);
  await keys.ended;
  return {
    folder,
    config,
    start: async () => {
      const agent = relight(t, ['agent', '--config', config]);
      await eventually('it watches', () => agent.seen.stderr.includes('detector ready'));
      return agent;
    },
    crash: async (instanceId) => {
      const args = [join(folder, 'live.sock'), join(folder, 'heartbeat'), instanceId, '0'];
      const command = [...ENGINE, ...args];
      const engine = await run(t, { cwd: folder, command });
      await eventually('it is watched', () => isWatched(folder, engine.pid));
      engine.child.kill('SIGKILL');
      await engine.exited;
    },
  };
}
