/** An engine that uses a kit, under the real detector: it is known, heard, missed, and its files are read. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadCheckpoint } from '../../activities/procedures/checkpoints.js';
import { createCheckpointStore } from '../../clients/host/checkpoint-store.js';
import { readJournal } from '../../clients/host/journal/read-journal.js';
import { startTicks } from '../../sandbox/engine/process-identity.js';
import { stateDigest } from '../../workflows/domain/books/state.js';
import { decodeHeartbeat } from '../../workflows/domain/engine/liveness.js';
import { createDetectorRig, severalLooks } from '../clients/detector/rig.js';
import { folderOf } from '../clients/host/processes.js';
import { eventually } from '../sandbox/engine/rig.js';
import { checkpointsIn, INSTANCE, placesIn, startEngine } from './engine.js';
import { journalBytes } from './journal-bytes.js';
import { ALL_KITS, type Kit } from './programs.js';
import { JOURNAL_HEADER } from './vectors.js';

/** Far longer than a word takes to the detector. */
const AWAY_MS = 2_000;

const LIMITS = { engineId: 'desk', oldMs: 60_000, absurdQuantity: '1000' };
const ENDED_BEFORE = /^checkpoint (\d+) digest ([0-9a-f]{64})$/gm;

function openRig(t: TestContext, kit: Kit) {
  const rig = createDetectorRig(t);
  const heartbeat = join(rig.folder, 'heartbeat');
  const places = { folder: rig.folder, socket: rig.socket, heartbeat };
  const start = (env?: Record<string, string>) => startEngine(t, kit, places, env && { env });
  const isWatched = (pid: number) =>
    eventually('the detector watches it', () => rig.record().instance.pid === pid);
  return { rig, heartbeat, places, start, isWatched };
}

/** Without any detector. */
function alone(t: TestContext, kit: Kit) {
  const folder = folderOf(t);
  const places = { folder, socket: join(folder, 'none'), heartbeat: join(folder, 'heartbeat') };
  return {
    ...places,
    start: (env?: Record<string, string>) => startEngine(t, kit, places, env && { env }),
  };
}

/** As Relight's host loads it. */
async function loaded(folder: string, name: string) {
  const { checkpoints: written } = placesIn(folder);
  const store = createCheckpointStore(() => ({ written, recovered: join(folder, 'recovered') }));
  const where = { engineId: 'desk', folder: 'written', name } as const;
  const verdict = await loadCheckpoint(store, where, { ...LIMITS, nowMs: Date.now() });
  assert.deepEqual([verdict.errors, verdict.warnings], [[], []], name);
  assert.ok(verdict.checkpoint !== null);
  return verdict.checkpoint;
}

for (const kit of ALL_KITS) {
  const of = (what: string) => `${what}, in ${kit.language}`;
  const options = { skip: kit.why };

  test(of('its hello is taken, and kill -9 is reported with its instance'), options, async (t) => {
    const { rig, start, isWatched } = openRig(t, kit);
    await rig.start();
    const engine = start();
    await isWatched(engine.pid);
    const ticks = startTicks(engine.pid);
    engine.child.kill('SIGKILL');
    const report = await eventually('it is reported', () => rig.reports[0] ?? false);
    const known = { instanceId: INSTANCE, pid: engine.pid, startTicks: ticks };
    assert.deepEqual(report.instance, { ...known, build: 'example 1', epoch: 7 });
    assert.equal(report.suspicion, 'dead');
    await severalLooks();
    assert.equal(rig.reports.length, 1);
  });

  for (const kind of ['socket', 'heartbeat'] as const) {
    test(of(`beats by ${kind} alone are taken, and their end is a hang`), options, async (t) => {
      const { rig, heartbeat, start, isWatched } = openRig(t, kit);
      const socket = { kind: 'socket', socket: rig.socket, goodbyeMs: 500 } as const;
      const record = { kind: 'heartbeat', file: heartbeat } as const;
      await rig.start({ liveness: [kind === 'socket' ? socket : record], kernel: [] });
      const engine = start();
      await isWatched(engine.pid);
      const [first, later] = [Date.now(), () => decodeHeartbeat(readFileSync(heartbeat))];
      await eventually('it goes on beating', () => (later()?.timestampMs ?? 0) > first + 2_500);
      assert.deepEqual(rig.reports, [], 'one that beats is well');
      engine.child.kill('SIGSTOP');
      const report = await eventually('it is reported', () => rig.reports[0] ?? false);
      const probe = kind === 'socket' ? 'socket' : 'heartbeat_file';
      assert.deepEqual([report.suspicion, report.probe], ['hung', probe]);
      assert.equal(report.instance.epoch, 7);
    });
  }

  test(
    of('a lost exchange is told, also to the next agent, and with its death'),
    options,
    async (t) => {
      const { rig, start, isWatched } = openRig(t, kit);
      const before = await rig.start();
      const engine = start();
      await isWatched(engine.pid);
      const venues = () => (rig.record().lost ?? []).map(({ venue }) => venue);
      for (const [command, left] of [
        ['lose', 1],
        ['regain', 0],
        ['lose', 1],
      ] as const) {
        engine.child.stdin.write(`7 ${command}\n`);
        await eventually(`it has told: ${command}`, () => venues().length === left);
      }
      const [known] = rig.record().lost ?? [];
      const stoppingMs = Date.now();
      await before.stop();
      await sleep(AWAY_MS);
      await rig.start();
      const said = () => rig.logged.filter((line) => line.includes('DISCONNECTED')).length;
      await eventually('it is said again', () => said() === 3 && venues().length === 1);
      assert.deepEqual(rig.reports, []);
      engine.child.kill('SIGKILL');
      const report = await eventually('it is reported', () => rig.reports[0] ?? false);
      const [again] = report.disconnected ?? [];
      assert.equal(again?.venue, known?.venue);
      assert.ok((again?.sinceMs ?? Infinity) < stoppingMs + AWAY_MS, 'since before');
    },
  );

  test(
    of('a planned stop says goodbye, and a restarted detector is greeted again'),
    options,
    async (t) => {
      const { rig, start, isWatched } = openRig(t, kit);
      const before = await rig.start();
      const engine = start();
      await isWatched(engine.pid);
      await before.stop();
      await rig.start();
      await isWatched(engine.pid);
      await severalLooks(); // the hello comes within 200 ms of the socket
      engine.child.kill('SIGTERM');
      assert.deepEqual(await engine.exited, { code: 0, signal: null });
      await eventually('the goodbye is recorded', () => rig.record().ended === 'goodbye');
      assert.deepEqual(rig.reports, []);
    },
  );

  test(
    of('its checkpoints load, their digests are ours, and the last five stay'),
    options,
    async (t) => {
      const { folder, start } = alone(t, kit);
      const { checkpoints } = placesIn(folder);
      mkdirSync(checkpoints);
      writeFileSync(join(checkpoints, '41.ckpt'), 'an older one, of which only the name counts');
      writeFileSync(join(checkpoints, '42.ckpt.tmp'), 'of one that was killed');
      const engine = start();
      await eventually('it has written some', () => checkpointsIn(folder).includes('46.ckpt'));
      engine.child.kill('SIGTERM');
      await engine.exited;
      const told = [...engine.said.stdout.matchAll(ENDED_BEFORE)].slice(-5);
      assert.equal(told.length, 5);
      for (const [, sequence, digest] of told) {
        const { header, state } = await loaded(folder, `${sequence}.ckpt`);
        assert.equal(stateDigest(state), digest);
        assert.deepEqual(
          [header.instanceId, header.epoch, header.sequence],
          [INSTANCE, 7, Number(sequence)],
        );
        assert.ok(state.orders.length > 0);
      }
      const names = told.map(([, sequence]) => `${sequence}.ckpt`);
      assert.deepEqual(readdirSync(checkpoints).sort(), names.sort());
    },
  );

  test(
    of('commands of an epoch that is over are refused, and those of its own obeyed'),
    options,
    async (t) => {
      const { start } = alone(t, kit);
      const engine = start();
      engine.child.stdin.write('6 die\n');
      await eventually('it refuses', () =>
        engine.said.stdout.includes('refused: epoch 6 is stale'),
      );
      engine.child.stdin.write('7 die\n');
      assert.deepEqual(await engine.exited, { code: null, signal: 'SIGABRT' });
    },
  );

  test(of('what Relight gave is believed, or the engine does not begin'), options, async (t) => {
    const given = { RELIGHT_ENGINE: 'desk', RELIGHT_INSTANCE: 'desk-e8', RELIGHT_EPOCH: '8' };
    for (const [change, why] of [
      [{ RELIGHT_ENGINE: 'other' }, /RELIGHT_ENGINE is other, and this is desk/],
      [{ RELIGHT_EPOCH: '8x' }, /RELIGHT_EPOCH is no epoch/],
      [{ RELIGHT_EPOCH: '-1' }, /RELIGHT_EPOCH is no epoch/],
      [{ RELIGHT_EPOCH: '1000000000000000' }, /RELIGHT_EPOCH is no epoch/],
      [{ RELIGHT_INSTANCE: '' }, /RELIGHT_INSTANCE names no instance/],
      [{ RELIGHT_INSTANCE: '../e8' }, /RELIGHT_INSTANCE names no instance/],
    ] as const) {
      const { said, exited } = alone(t, kit).start({ ...given, ...change });
      assert.equal((await exited).code, 1);
      assert.match(said.stderr, why);
    }
  });

  test(
    of('without Relight it has an instance of its own, and two of one name are refused'),
    options,
    async (t) => {
      const { folder, start } = alone(t, kit);
      const first = start({});
      const name = `pid-${first.pid}-${startTicks(first.pid)}`;
      const path = join(placesIn(folder).journals, `${name}.journal`);
      const journal = await eventually('it has noted one', async () => {
        const read = await readJournal(path);
        return typeof read === 'object' && read.intents.length > 0 && read;
      });
      assert.deepEqual([journal.engineId, journal.instanceId, journal.epoch], ['desk', name, 0]);
      assert.deepEqual([journal.pid, journal.startTicks], [first.pid, startTicks(first.pid)]);
      start();
      const ours = placesIn(folder).journal;
      await eventually(
        'another has begun',
        async () => typeof (await readJournal(ours)) === 'object',
      );
      const twin = start();
      assert.equal((await twin.exited).code, 1);
      assert.match(twin.said.stderr, /desk-e7\.journal: File exists/);
    },
  );

  test(of('the last ten journals of an engine stay, and all of others'), options, async (t) => {
    const { folder, start } = alone(t, kit);
    const { journals } = placesIn(folder);
    mkdirSync(journals);
    const write = (name: string, engineId: string) =>
      writeFileSync(join(journals, name), journalBytes({ ...JOURNAL_HEADER, engineId }, []));
    for (let at = 10; at < 22; at += 1) {
      write(`other-e${at}.journal`, 'other');
      write(`desk-e${at}.journal`, 'desk');
      utimesSync(join(journals, `desk-e${at}.journal`), at, at); // made in this order
    }
    execFileSync('mkfifo', [join(journals, 'pipe.journal')]);
    start();
    await eventually('it has begun', () => existsSync(placesIn(folder).journal));
    const left = readdirSync(journals).sort();
    const kept = [13, 14, 15, 16, 17, 18, 19, 20, 21].map((at) => `desk-e${at}.journal`);
    assert.deepEqual(
      left.filter((name) => name.startsWith('desk')),
      [...kept, 'desk-e7.journal'],
    );
    assert.equal(left.filter((name) => name.startsWith('other')).length, 12);
    assert.ok(left.includes('pipe.journal'));
  });
}
