/**
 * Two hosts on one machine: the agent of the second has a PID namespace of its own, so that it sees none
 * of the processes of the first. One Temporal server, one worker, and one engine that both files name.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { nodeCommand } from '../../../workers/processes/self.js';
import { folderOf, run } from '../../clients/host/processes.js';
import { whyNoNamespace } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { pidsOf, relight, writeConfig } from './parts.js';
import { openServer } from './temporal-with.js';

const RELIGHT = nodeCommand(new URL('../../../workers/main.ts', import.meta.url).href);
const ENGINE = nodeCommand(
  new URL('../../clients/detector/fixtures/beating-engine.ts', import.meta.url).href,
);
const AS_ANOTHER = ['--pid', '--mount-proc', '--fork', '--kill-child'];

interface Part {
  stderr: string;
  ended: Promise<number | null>;
  stop: () => void;
}

function start(t: TestContext, [program = '', ...args]: readonly string[]): Part {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const part: Part = {
    stderr: '',
    ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
    stop: () => void child.kill('SIGKILL'),
  };
  child.stderr.on('data', (chunk: Buffer) => (part.stderr += chunk.toString()));
  t.after(async () => {
    part.stop();
    await part.ended;
  });
  return part;
}

/** The files of one host; both have the keys of all. */
function hostFile(folder: string, host: string, address: string): string {
  const own = join(folder, host);
  mkdirSync(own);
  const path = writeConfig(own);
  const config = parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const messages = { folder: join(folder, 'keys') };
  writeFileSync(path, stringify({ ...config, host, messages, temporal: { address } }));
  return path;
}

/** Of a process outside, as it is seen here. */
function pidOf(marker: string, not: string): number | null {
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const argv = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (argv.includes(marker) && !argv.includes(not)) return Number(name);
    } catch {
      // gone meanwhile
    }
  }
  return null;
}

async function statusOf(t: TestContext, path: string) {
  const asked = relight(t, ['status', '--json', '--config', path]);
  await asked.ended;
  const [first] = JSON.parse(asked.seen.stdout || '[]') as {
    guardian: { openIncident: unknown; host?: string; foreign?: { host: string } } | null;
  }[];
  return first?.guardian ?? null;
}

test(
  'a second host neither shares a folder nor tells a death of the first, and its own is refused',
  { skip: whyNoNamespace() },
  async (t) => {
    const folder = folderOf(t);
    const address = await openServer(t);
    const [a, b] = [hostFile(folder, 'host-a', address), hostFile(folder, 'host-b', address)];
    for (const path of [a, b]) {
      const keys = relight(t, ['keys', 'messages', 'make', '--config', path]);
      assert.equal(await keys.ended, 0, keys.seen.stderr);
    }
    const worker = relight(t, ['worker', '--config', a]);
    const first = relight(t, ['agent', '--config', a]);
    await eventually('the first host is up', () => first.seen.stderr.includes('agent ready'));
    const engine = await run(t, {
      cwd: folder,
      command: [
        ...ENGINE,
        join(folder, 'host-a', 'live.sock'),
        join(folder, 'beat'),
        'desk-e1',
        '0',
      ],
    });
    const watched = join(folder, 'host-a', 'data', 'watched', 'desk.json');
    await eventually('it is watched', () => readFileSync(watched, 'utf8').includes('desk-e1'));

    // With the folder of the first it is refused, also where no lock of this machine is seen.
    const sharing = join(folder, 'sharing.yaml');
    const own = parse(readFileSync(b, 'utf8')) as Record<string, unknown>;
    writeFileSync(sharing, stringify({ ...own, dataDir: join(folder, 'host-a', 'data') }));
    const shared = start(t, [
      'unshare',
      '--net',
      ...AS_ANOTHER,
      ...RELIGHT,
      'agent',
      '--config',
      sharing,
    ]);
    assert.notEqual(await shared.ended, 0);
    assert.match(shared.stderr, /is of host "host-a", and this is "host-b"/);

    // With a copy of what the first watches: it is of another host.
    cpSync(join(folder, 'host-a', 'data', 'watched'), join(folder, 'host-b', 'data', 'watched'), {
      recursive: true,
    });
    const second = start(t, ['unshare', ...AS_ANOTHER, ...RELIGHT, 'agent', '--config', b]);
    await eventually('the second host is up', () => second.stderr.includes('agent ready'));
    await eventually('the copy is not taken', () => second.stderr.includes('is of another host'));

    // An engine that somebody starts there dies there: the engine lives on the first host.
    const outside = pidsOf(b, 'agent').find((pid) => pidOf(b, 'unshare') === pid) ?? 0;
    assert.notEqual(outside, 0);
    const socket = join(folder, 'host-b', 'live.sock');
    const there = [...ENGINE, socket, join(folder, 'beat-b'), 'desk-e9', '0'];
    start(t, ['nsenter', '--target', String(outside), '--pid', '--mount', ...there]);
    await eventually('it is watched there', () => second.stderr.includes('desk-e9'));
    process.kill(pidOf(socket, 'nsenter') ?? 0, 'SIGKILL');
    await eventually('its death is refused', () => second.stderr.includes('NOT RECOVERED'));
    const refused = await statusOf(t, a);
    assert.equal(refused?.openIncident, null);
    assert.equal(refused?.foreign?.host, 'host-b');
    assert.equal(engine.child.exitCode ?? engine.child.signalCode, null);

    engine.child.kill('SIGKILL');
    await eventually('the first tells its death', () => first.seen.stderr.includes('"opened"'));
    const opened = await statusOf(t, a);
    assert.notEqual(opened?.openIncident, null);
    assert.equal(opened?.host, 'host-a');
    assert.ok(worker.seen.stderr.includes('worker ready'));
  },
);
