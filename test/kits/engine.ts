/** The example engine of a kit, started at places of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { INSTALLATION_VARIABLE, keepInstallation, markOf } from '../../clients/host/installation.js';
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

const INSTALLATION = mkdtempSync(join(tmpdir(), 'relight-kits-of-'));
after(() => rmSync(INSTALLATION, { recursive: true, force: true }));
await keepInstallation(INSTALLATION);

/** With a mark: what bears none and this id is stopped by whoever tests how an engine `desk` is stopped meanwhile. */
export const GIVEN = {
  RELIGHT_ENGINE: 'desk',
  RELIGHT_INSTANCE: INSTANCE,
  RELIGHT_EPOCH: '7',
  [INSTALLATION_VARIABLE]: await markOf(INSTALLATION),
};

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
  const { env = GIVEN } = options;
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
