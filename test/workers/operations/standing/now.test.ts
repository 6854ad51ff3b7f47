/** Who looks after an engine, by real locks and processes of this machine, and by what a server remembers. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Client } from '@temporalio/client';
import { watchedRecordPath } from '../../../../clients/detector/watched.js';
import { noteAgent } from '../../../../clients/host/data-folder.js';
import { holdLock } from '../../../../clients/host/exclusive.js';
import { placeHere, toldPlace } from '../../../../clients/host/place.js';
import { readStat } from '../../../../clients/host/process-table.js';
import { loadConfig } from '../../../../workers/config/load.js';
import { standingNow } from '../../../../workers/operations/standing/now.js';
import type { GuardianStatus } from '../../../../workflows/messages.js';
import { folderOf } from '../../../clients/host/processes.js';
import { writeConfig } from '../../processes/parts.js';

const GUARDIAN: GuardianStatus = {
  engineId: 'desk',
  epoch: 1,
  crashTimesMs: [],
  hold: null,
  openIncident: null,
  past: [],
};

/** A server that remembers who asked it for the work of any queue, so long ago; null: it does not tell. */
function serverOf(agesMs: readonly number[] | null): Client {
  const describeTaskQueue = async () => {
    if (agesMs === null) throw new Error('not told');
    return {
      pollers: agesMs.map((ageMs) => ({
        identity: 'a',
        lastAccessTime: { seconds: (Date.now() - ageMs) / 1_000, nanos: 0 },
      })),
    };
  };
  const connection = { workflowService: { describeTaskQueue } };
  return { connection, options: { namespace: 'default' } } as unknown as Client;
}

function rig(t: TestContext) {
  const config = loadConfig(writeConfig(folderOf(t)));
  mkdirSync(config.dataDir, { recursive: true });
  const stand = async (client: Client, guardian: GuardianStatus | null = GUARDIAN) =>
    standingNow(config, client, {
      engineId: 'desk',
      guardian,
      recovery: null,
      gate: null,
      killSwitches: [],
      unread: [],
      shadowAtMs: null,
    });
  const place = toldPlace(placeHere(config.host));
  const lock = `agent:${realpathSync(config.dataDir)}`;
  const noted = (pid: number, startTicks: string, ended: string, more = {}) => {
    const path = watchedRecordPath(config.dataDir, 'desk');
    mkdirSync(dirname(path), { recursive: true });
    const instance = { instanceId: 'desk-e1', pid, startTicks, build: 'b', epoch: 1 };
    writeFileSync(path, JSON.stringify({ instance, ended, ...place, ...more }));
  };
  return { config, stand, place, lock, noted };
}

/** A process of its own, as an engine is. */
async function engine(t: TestContext) {
  const child = spawn('sleep', ['600']);
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const stat = await readStat(pid);
  const end = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return { pid, startTicks: stat?.startTicks ?? '', end };
}

test('an agent that holds its lock, and a process that lives: trading, until either ends', async (t) => {
  const { config, stand, place, lock, noted } = rig(t);
  await noteAgent(config.dataDir, place);
  const held = await holdLock(lock);
  assert.ok(held !== null);
  const { pid, startTicks, end } = await engine(t);
  noted(pid, startTicks, 'no');
  const alive = await stand(serverOf(null));
  assert.deepEqual([alive.state, alive.why], ['trading', `pid ${pid} (desk-e1) lives`]);
  const doubt = { probe: 'heartbeat_file', what: 'no heartbeat', sinceMs: 1 };
  noted(pid, startTicks, 'no', { doubts: [doubt] });
  const suspected = await stand(serverOf(null));
  assert.equal(suspected.state, 'trading');
  assert.match(
    suspected.why,
    /lives, and is SUSPECTED: no heartbeat \(heartbeat_file\) since 1970/,
  );
  noted(pid, startTicks, 'no', { lost: [{ venue: 'kraken', sinceMs: 1 }], doubts: [doubt] });
  assert.match(
    (await stand(serverOf(null))).why,
    /lives, and is DISCONNECTED from kraken since 1970.*, and is SUSPECTED: no heartbeat/,
  );
  noted(pid, startTicks, 'goodbye');
  assert.equal((await stand(serverOf(null))).state, 'stopped', 'it has said goodbye');
  noted(pid, startTicks, 'no');
  await end();
  const gone = await stand(serverOf(null));
  assert.deepEqual([gone.state, gone.parts.engine.state], ['stopped', 'dead']);
});

test('a dead agent is told at once by its lock, whatever the server remembers', async (t) => {
  const { config, stand, place, lock, noted } = rig(t);
  await noteAgent(config.dataDir, place);
  const { pid, startTicks } = await engine(t);
  noted(pid, startTicks, 'no');
  const held = await holdLock(lock);
  assert.equal((await stand(serverOf([1_000]))).state, 'trading');
  await held?.release();
  const dead = await stand(serverOf([1_000]));
  assert.deepEqual([dead.state, dead.parts.agent.state], ['not_watched', 'dead']);
  assert.equal(dead.parts.engine.state, 'alive', 'and nobody would see it die');
});

test('an agent of which nothing is here is known by what the server remembers', async (t) => {
  const { stand, noted } = rig(t);
  const { pid, startTicks } = await engine(t);
  noted(pid, startTicks, 'no');
  for (const [agesMs, state] of [
    [[1_000], 'trading'],
    [[100_000], 'not_watched'],
    [[], 'not_watched'],
    [null, 'not_watched'],
  ] as const) {
    assert.equal((await stand(serverOf(agesMs))).state, state, JSON.stringify(agesMs));
  }
});

test('a worker that answers for no guardian and asks for no work is dead', async (t) => {
  const { stand } = rig(t);
  const { state, parts } = await stand(serverOf([]), null);
  assert.deepEqual([state, parts.worker.state], ['not_watched', 'dead']);
});

test('an engine of another host, or container, is not seen from here, and not called anything', async (t) => {
  const { config, stand, noted, place } = rig(t);
  const { pid, startTicks } = await engine(t);
  noted(pid, startTicks, 'no');
  const moved = { to: 'host-z' } as GuardianStatus['moved'] & object;
  const away = await stand(serverOf([1_000]), { ...GUARDIAN, moved });
  assert.deepEqual([away.state, away.host], ['not_known', 'host-z']);
  const path = watchedRecordPath(config.dataDir, 'desk');
  const instance = { instanceId: 'desk-e1', pid, startTicks, build: 'b', epoch: 1 };
  writeFileSync(path, JSON.stringify({ instance, ended: 'no', ...place, pidNamespace: 'pid:[1]' }));
  assert.equal((await stand(serverOf([1_000]))).state, 'not_known');
});
