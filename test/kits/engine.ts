/** The example engine of a kit, started at places of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { INSTALLATION_VARIABLE } from '../../clients/host/installation.js';
import type { Exit } from '../../workflows/domain/crash/cause/exit.js';
import type { Kit } from './programs.js';

interface Places {
  folder: string;
  socket: string;
  heartbeat: string;
}

interface Options {
  threads?: number;
  pauseUs?: number;
  env?: Record<string, string>;
  changes?: Parameters<Kit['built']>[1];
}

export const INSTANCE = 'desk-e7';
export const GIVEN = { RELIGHT_ENGINE: 'desk', RELIGHT_INSTANCE: INSTANCE, RELIGHT_EPOCH: '7' };

const INSTALLATION = '7c7d1f0e-3d0c-4f53-9a55-5f3f7d1c2b6a';

/** Of whoever has its data in this folder; without one it is stopped by a test of stopping an engine `desk` elsewhere. */
function markedFor(folder: string): Record<string, string> {
  writeFileSync(join(folder, 'installation.json'), JSON.stringify({ id: INSTALLATION }));
  return { ...GIVEN, [INSTALLATION_VARIABLE]: `${INSTALLATION}:${realpathSync(folder)}` };
}

/** Where an engine in this folder keeps what. */
export function placesIn(folder: string) {
  const at = (name: string) => join(folder, name);
  return {
    checkpoints: at('checkpoints'),
    journals: at('journals'),
    journal: join(at('journals'), `${INSTANCE}.journal`),
    venue: at('venue'),
  };
}

export function argumentsIn(
  { folder, socket, heartbeat }: Places,
  { threads = 1, pauseUs = 1_000 }: Options,
): string[] {
  const { checkpoints, journals, venue } = placesIn(folder);
  return [socket, heartbeat, checkpoints, journals, venue, threads, pauseUs].map(String);
}

export function startEngine(
  t: Pick<TestContext, 'after'>,
  kit: Kit,
  places: Places,
  options: Options = {},
) {
  const { folder } = places;
  const { env = markedFor(folder) } = options;
  const { checkpoints, journals } = placesIn(folder);
  for (const made of [checkpoints, journals]) mkdirSync(made, { recursive: true });
  const child = spawn(kit.built('example', options.changes), argumentsIn(places, options), {
    cwd: folder,
    env,
    stdio: 'pipe',
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, said, exited, pid: child.pid ?? 0 };
}

export function checkpointsIn(folder: string): string[] {
  return readdirSync(placesIn(folder).checkpoints).filter((name) => name.endsWith('.ckpt'));
}
