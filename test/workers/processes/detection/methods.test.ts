/**
 * Each of the procedure's four ways to see a crash is enough, by itself, for a recovery: a real server, worker
 * and agent, and engines in C++ that know nothing of Relight.
 *
 * Invariant: what has begun is Temporal's own word, by the workflows that it has.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { built } from '../../../clients/host/deaths/crash-engine.js';
import { folderOf, run, type Running } from '../../../clients/host/processes.js';
import { whyNo, whyNoCore } from '../../../needs.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { relight, writeEngines, type Relight } from '../parts.js';
import { openServer } from '../temporal-with.js';
import { connect, recoveriesOf } from './begun.js';

const skip = whyNo('c++') || whyNoCore();

/** Of one engine: its ways, how it lives, and what ends it. */
interface Case {
  liveness: (at: Place) => object[];
  end: NodeJS.Signals;
  /** Whether its health goes before it. */
  sick?: boolean;
}

interface Place {
  beats: string;
  folder: string;
  health: string;
  match: { command: string; executable: string };
}

const byCommand = ({ match }: Place) => ({ kind: 'process', match, everyMs: 100 });
const byBeats = ({ beats }: Place) => ({ kind: 'heartbeat', file: beats });
const byCore = ({ folder, match }: Place) => ({ kind: 'core', folder, match, everyMs: 500 });
const byHealth = ({ health, match }: Place) => ({
  kind: 'health',
  url: health,
  match,
  everyMs: 300,
});

const CASES: Record<string, Case> = {
  watchdog: { liveness: (at) => [byCommand(at)], end: 'SIGKILL' },
  heartbeat: { liveness: (at) => [byBeats(at)], end: 'SIGSTOP' },
  core: { liveness: (at) => [byCore(at)], end: 'SIGSEGV' },
  health: { liveness: (at) => [byHealth(at)], end: 'SIGCONT', sick: true },
  all: {
    liveness: (at) => [byCommand, byBeats, byCore, byHealth].map((way) => way(at)),
    end: 'SIGSEGV',
    sick: true,
  },
};

/** Says that all is well until it is told otherwise. */
async function openHealth(t: TestContext): Promise<{ url: string; fail: () => void }> {
  let status = 200;
  const server = createServer((_request, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/health`, fail: () => void (status = 503) };
}

test(
  'each of the four ways alone starts a recovery, and all at once start one',
  { skip, timeout: 240_000 },
  async (t) => {
    const address = await openServer(t);
    const client = await connect(t, address);
    const places = new Map<string, Place & { fail: () => void }>();
    const folder = folderOf(t);
    for (const id of Object.keys(CASES)) places.set(id, await placeOf(t, join(folder, id)));
    const config = writeConfig(folder, { places, address });
    const keys = relight(t, ['keys', 'messages', 'make', '--config', config]);
    assert.equal(await keys.ended, 0, keys.seen.stderr);
    const worker = relight(t, ['worker', '--config', config]);
    const agent = relight(t, ['agent', '--config', config]);
    await eventually('both are ready', () => isReady(worker, 'worker') && isReady(agent, 'agent'));
    const engines = new Map<string, Running>();
    for (const [id, { beats, folder: cwd }] of places) {
      const command = [BINARY(), 'idle', '0', '0', '0', beats];
      const engine = await run(t, { cwd, command });
      engines.set(id, engine);
      await eventually(`${id} is watched`, () => agent.seen.stderr.includes(`pid-${engine.pid}-`));
    }
    await sleep(2_000); // its health was good, and its beats were seen
    for (const [id, { child }] of engines) {
      if (CASES[id]?.sick === true) places.get(id)?.fail();
      child.kill(CASES[id]?.end);
    }
    for (const [id, { pid }] of engines) {
      const begun = await eventually(`${id} is recovered`, async () => recoveriesOf(client, id));
      assert.match(begun.join(', '), new RegExp(`^\\S+/${id}/pid-${pid}-\\d+$`));
    }
    await sleep(3_000); // what the other ways see comes later
    assert.equal(((await recoveriesOf(client, 'all')) || []).length, 1);
  },
);

const BINARY = () => built({ flags: ['-O1', '-fno-omit-frame-pointer'] });

async function placeOf(t: TestContext, folder: string) {
  mkdirSync(folder);
  const { url, fail } = await openHealth(t);
  const beats = join(folder, 'beats');
  const match = { command: beats, executable: BINARY() };
  return { folder, beats, health: url, match, fail };
}

function writeConfig(
  folder: string,
  { places, address }: { places: Map<string, Place>; address: string },
): string {
  const engines = [...places].map(([id, place]) => {
    const liveness = CASES[id]?.liveness(place);
    return [id, { liveness, forensics: { coreFolder: place.folder, executable: BINARY() } }];
  });
  return writeEngines(folder, Object.fromEntries(engines) as Record<string, object>, { address });
}

function isReady({ seen }: Relight, part: string): boolean {
  return seen.stderr.includes(`${part} ready`);
}
