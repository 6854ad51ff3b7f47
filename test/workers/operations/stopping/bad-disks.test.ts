/**
 * The kill switch with the agent's folder on a disk in trouble: the real command, processes to be killed, and a
 * venue to be asked.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { ShutdownAnswer } from '../../../../clients/cli/answers/shutdown.js';
import { folderOf, run } from '../../../clients/host/processes.js';
import { onDeadMount } from '../../../dead-mount.js';
import { whyNoMount, whyNotRoot } from '../../../needs.js';
import { relight, writeEngines } from '../../processes/parts.js';

const ID = `disks-${process.pid}`;

async function openVenue(t: TestContext) {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

interface Options {
  uid?: number;
  isMarked?: boolean;
  /** How it is controlled, where not over HTTP. */
  control?: (at: { folder: string; disk: string }) => object;
}

/** All that the agent and the engine keep lies in `disk`. */
async function openEngine(t: TestContext, options: Options = {}) {
  const folder = folderOf(t);
  const venue = await openVenue(t);
  const disk = join(folder, 'disk');
  const path = writeEngines(folder, { [ID]: {} });
  const file = parse(readFileSync(path, 'utf8')) as {
    dataDir: string;
    venues: { kraken: object };
    engines: Record<string, { checkpoints: object }>;
  };
  file.dataDir = join(disk, 'data');
  Object.assign(file.venues.kraken, { url: venue.url });
  Object.assign(file.engines[ID] ?? assert.fail(), {
    checkpoints: { written: join(disk, 'written'), recovered: join(disk, 'recovered') },
    ...(options.control && { control: options.control({ folder, disk }) }),
  });
  writeFileSync(path, stringify(file));
  const installation = `00000000-0000-4000-8000-000000000000:${file.dataDir}`;
  const { uid, isMarked = true } = options;
  const mark = isMarked ? { RELIGHT_INSTALLATION: installation } : undefined;
  const engine = await run(t, {
    env: { RELIGHT_ENGINE: ID, ...mark },
    ...(uid === undefined ? {} : { uid }),
  });
  const command = async (under: string[], ...args: string[]) => {
    const all = ['shutdown', '--reason', 'x', '--json', '--config', path, ...args];
    const ran = relight(t, all, {}, under);
    return { code: await ran.ended, ...ran.seen };
  };
  return { folder, disk, venue, engine, command };
}

test(
  'a dead mount under the folders of the agent keeps neither the kill nor the venues from being done, and it ends',
  { skip: whyNoMount('fuse'), timeout: 180_000 },
  async (t) => {
    const { disk, venue, engine, command } = await openEngine(t);
    const { code, stdout, stderr } = await command(onDeadMount(disk));
    assert.equal(await engine.exited, 'SIGKILL');
    assert.equal(code, 3, stderr);
    const { latch, engine: stopped, venues } = ShutdownAnswer.parse(JSON.parse(stdout));
    assert.match(latch.result, /^NOT ENGAGED: .*disk\/data does not answer\. Relight may start/);
    assert.deepEqual(stopped, { result: 'killed', failed: false });
    assert.match(venues[0]?.result ?? '', /^FAILED: .*CANCEL BY HAND/);
    assert.ok(venue.asked() > 0);
    const released = await command(onDeadMount(disk), '--release');
    assert.equal(released.code, 3);
    assert.match(released.stdout, /NOT RELEASED: .*does not answer/);
  },
);

test(
  'a dead mount under the folder where commands run keeps neither the order nor the kill from being done',
  { skip: whyNoMount('fuse'), timeout: 180_000 },
  async (t) => {
    const NO = ['false'];
    const { folder, disk, engine, command } = await openEngine(t, {
      control: ({ folder: at, disk: works }) => ({
        kind: 'commands',
        start: ['true'],
        workingFolder: join(works, 'engine'),
        logFile: join(at, 'engine.log'),
        commands: {
          quickHealth: NO,
          comprehensiveHealth: NO,
          state: NO,
          riskLimits: NO,
          setLimits: NO,
          enableStrategies: NO,
          shutdown: { argv: ['touch', join(at, 'told')], answers: 'exit' },
        },
      }),
    });
    const { code, stderr } = await command(onDeadMount(disk));
    assert.equal(await engine.exited, 'SIGKILL');
    assert.equal(code, 3, stderr);
    assert.ok(existsSync(join(folder, 'told')), 'its command was run');
  },
);

/** What is on it is gone with the command: it tells whether the latch was there when the command ended. */
const ON_FULL_DISK = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mount -t tmpfs -o size=16k full "$1" && head -c 1M /dev/zero > "$1/fill" 2>/dev/null; ' +
    'disk=$1; latch=$2; shift 2; "$@"; code=$?; test -e "$disk/$latch" && echo LATCHED >&2; exit $code',
  'sh',
];

test(
  'on a full disk it is latched all the same, without its reason, and all the rest is done',
  { skip: whyNoMount('tmpfs') },
  async (t) => {
    // Its disk is of the command alone, so that a mark would lead the engine to another.
    const { disk, venue, engine, command } = await openEngine(t, { isMarked: false });
    mkdirSync(disk);
    const latchFile = join('data', 'fence', ID, 'kill-switch.json');
    const { code, stdout, stderr } = await command([...ON_FULL_DISK, disk, latchFile]);
    assert.equal(code, 3, stderr);
    const { latch, engine: stopped, venues } = ShutdownAnswer.parse(JSON.parse(stdout));
    assert.deepEqual(latch, { result: 'engaged', failed: false });
    assert.match(stderr, /^LATCHED$/m);
    assert.deepEqual(stopped, { result: 'killed', failed: false });
    assert.equal(await engine.exited, 'SIGKILL');
    assert.match(venues[0]?.result ?? '', /CANCEL BY HAND/);
    assert.ok(venue.asked() > 0);
  },
);

const NOBODY = 65_534;
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, '--clear-groups'];

test(
  'where the folder of the agent cannot be read, what may be killed is, and the rest is said',
  { skip: whyNotRoot() },
  async (t) => {
    const { folder, disk, engine, command } = await openEngine(t, { uid: NOBODY });
    mkdirSync(join(disk, 'data'), { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o755);
    const { code, stdout, stderr } = await command(AS_NOBODY);
    assert.equal(code, 3, stderr);
    const { latch, engine: stopped, guardian } = ShutdownAnswer.parse(JSON.parse(stdout));
    assert.match(latch.result, /^NOT ENGAGED: EACCES\. Relight may start the engine again/);
    assert.deepEqual(stopped, { result: 'killed', failed: false });
    assert.equal(await engine.exited, 'SIGKILL');
    assert.match(guardian?.result ?? '', /NOT TOLD/);
    assert.ok(!existsSync(join(disk, 'data', 'fence')));
  },
);
