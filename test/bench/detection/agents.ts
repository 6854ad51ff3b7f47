/** A server, real agents of engines that only beat, and a worker, for what is measured of them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { nodeCommand } from '../../../workers/processes/self.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { folderOf, run, type Running } from '../../clients/host/processes.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { relight, writeConfig, type Relight } from '../../workers/processes/parts.js';

const ENGINE = nodeCommand(
  new URL('../../clients/detector/fixtures/beating-engine.ts', import.meta.url).href,
);
const FIRST_PORT = 2; // where nobody listens

export type Scope = Pick<TestContext, 'after'>;

export interface WatchedEngines {
  config: string;
  agent: Relight;
  engines: (Running & { engineId: string })[];
}

/** An agent that is connected, all of whose engines have said hello. */
export async function watchedEngines(
  t: Scope,
  { address, count, changes = {} }: { address: string; count: number; changes?: object },
): Promise<WatchedEngines> {
  const folder = folderOf(t);
  const ids = Array.from({ length: count }, (_each, at) => `e${at}`);
  const config = configOf(folder, { ids, host: `host-${count}`, address, changes });
  const keys = relight(t, ['keys', 'messages', 'make', '--config', config]);
  if ((await keys.ended) !== 0) throw new Error(keys.seen.stderr);
  const agent = relight(t, ['agent', '--config', config]);
  const engines: WatchedEngines['engines'] = [];
  await eventually('it is ready', () => agent.seen.stderr.includes('agent ready'));
  for (const engineId of ids) {
    const at = (name: string) => join(folder, engineId, name);
    const command = [...ENGINE, at('live.sock'), at('heartbeat'), engineId, '0'];
    const running = await run(t, { cwd: folder, command, env: { RELIGHT_ENGINE: engineId } });
    const hello = `"instanceId":"${engineId}"`;
    await eventually('it says hello', () => agent.seen.stderr.includes(hello));
    engines.push({ ...running, engineId });
  }
  return { config, agent, engines };
}

function configOf(
  folder: string,
  {
    ids,
    host,
    address,
    changes,
  }: { ids: readonly string[]; host: string; address: string; changes: object },
): string {
  const path = writeConfig(folder);
  const config = parse(readFileSync(path, 'utf8')) as { engines: { desk: { control: object } } };
  const { desk } = config.engines;
  const engines = ids.map((engineId, number) => {
    const at = (file: string) => join(folder, engineId, file);
    mkdirSync(join(folder, engineId));
    const own = {
      liveness: { socket: at('live.sock'), heartbeatFile: at('heartbeat') },
      checkpoints: { written: at('written'), recovered: at('recovered') },
      control: { ...desk.control, url: `http://127.0.0.1:${FIRST_PORT + number}` },
      orderIdPrefix: `rl-${engineId}-`,
    };
    return [engineId, { ...desk, ...own }];
  });
  const changed = { host, engines: Object.fromEntries(engines), temporal: { address } };
  writeFileSync(path, stringify({ ...config, ...changed, ...changes }));
  return path;
}

export async function startWorker(t: Scope, config: string): Promise<Relight> {
  const worker = relight(t, ['worker', '--config', config]);
  await eventually('it works', () => worker.seen.stderr.includes('worker ready'));
  return worker;
}

/** As the agent says it; null until then. */
export function crashOf({ seen }: Relight, engineId: string): CrashReport | null {
  const said = seen.stderr.split('\n').find((line) => {
    return line.includes('engine crash detected') && line.includes(`"engineId":"${engineId}"`);
  });
  return said === undefined ? null : (JSON.parse(said) as { crash: CrashReport }).crash;
}
