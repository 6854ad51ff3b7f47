/** What lives on in the cgroup of a process that has died: real groups of both versions, real forks and helpers. */
import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { remainsOf } from '../../../clients/detector/watched.js';
import { membersOf, membershipsIn, placeOf } from '../../../clients/host/kernel/cgroup.js';
import { connectionsOf, outgoingIn } from '../../../clients/host/kernel/connections.js';
import { ownGroupOf, remainsIn, type OwnGroup } from '../../../clients/host/kernel/own-group.js';
import { placeHere } from '../../../clients/host/place.js';
import type { Remains } from '../../../workflows/domain/crash/life/remains.js';
import { createDetectorRig } from '../detector/rig.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { killed, makeGroup, runFamily, whyNoGroup } from './groups.js';
import { folderOf, run, type Running } from './processes.js';

const ENGINE = 'desk';

async function noted(engine: Running): Promise<OwnGroup> {
  const group = await ownGroupOf(engine);
  assert.ok(group !== null, 'it has a group of its own');
  return group;
}

async function die(engine: Running): Promise<void> {
  engine.child.kill('SIGKILL');
  await engine.exited;
}

/** Whether each is a fork. */
function seen(remains: Remains): Record<string, boolean> {
  assert.equal(remains.kind, 'looked');
  const left = remains.kind === 'looked' ? remains.left : [];
  return Object.fromEntries(left.map(({ pid, isFork }) => [pid, isFork]));
}

for (const version of [1, 2] as const) {
  const skip = whyNoGroup(version);

  test(
    `a fork and a helper are told apart in a group of version ${version}`,
    { skip },
    async (t) => {
      const { engine, helper, fork } = await runFamily(t, makeGroup(t, version), { forks: true });
      const group = await noted(engine);
      await die(engine);
      const died = { engineId: ENGINE, startTicks: engine.startTicks };
      const look = async () => seen(await remainsIn(group, died));
      const count = async () => Object.keys(await look()).length;
      assert.deepEqual(await look(), { [helper]: false, [fork ?? 0]: true });
      killed(fork);
      await eventually('the fork is gone', async () => (await count()) === 1);
      assert.deepEqual(await look(), { [helper]: false });
      killed(helper);
      await eventually('all are gone', async () => (await count()) === 0);
    },
  );

  test(
    `groups below it count, and one that is removed holds nobody: version ${version}`,
    { skip },
    async (t) => {
      const folder = makeGroup(t, version);
      const { engine, helper } = await runFamily(t, folder, { forks: false });
      const group = await noted(engine);
      const below = join(folder, 'below');
      mkdirSync(below);
      writeFileSync(join(below, 'cgroup.procs'), String(helper));
      await die(engine);
      const died = { engineId: ENGINE, startTicks: engine.startTicks };
      assert.deepEqual(seen(await remainsIn(group, died)), { [helper]: false });
      killed(helper);
      await eventually('the group is removed', () => {
        rmdirSync(below);
        rmdirSync(folder);
        return true;
      });
      assert.deepEqual(await remainsIn(group, died), { kind: 'looked', left: [] });
      mkdirSync(folder); // for whoever removes it
      const moved = { ...group, folder: '/nowhere/desk', mount: '/nowhere' };
      assert.deepEqual(await remainsIn(moved, died), { kind: 'unread', why: 'ENOENT' });
    },
  );

  test(
    `who was there before it makes the group shared: version ${version}`,
    { skip },
    async (t) => {
      const folder = makeGroup(t, version);
      const before = await run(t);
      writeFileSync(join(folder, 'cgroup.procs'), String(before.pid));
      const { engine } = await runFamily(t, folder, { forks: false });
      assert.equal(await ownGroupOf(engine), null);
      await die(before);
      await eventually('the other is gone', async () => (await ownGroupOf(engine)) !== null);
    },
  );
}

test('one in our own group has none of its own', async (t) => {
  assert.equal(await ownGroupOf(await run(t)), null);
});

test(
  'a fork that bears the mark of another engine is that one',
  { skip: whyNoGroup(1) },
  async (t) => {
    const env = { RELIGHT_ENGINE: 'other' };
    const { engine, fork } = await runFamily(t, makeGroup(t, 1), { forks: true, env });
    const group = await noted(engine);
    const { startTicks } = engine;
    const isFork = async (engineId: string) => {
      const remains = await remainsIn(group, { engineId, startTicks });
      return remains.kind === 'looked' && remains.left.find(({ pid }) => pid === fork)?.isFork;
    };
    assert.equal(await isFork('other'), true);
    assert.equal(await isFork(ENGINE), false);
  },
);

test('another PID namespace, and what may not be read, are not called empty', async (t) => {
  const folder = folderOf(t);
  const group = { folder, mount: folder, program: null };
  const died = { engineId: ENGINE, startTicks: '1' };
  writeFileSync(join(folder, 'cgroup.procs'), '0\n');
  assert.equal((await remainsIn(group, died)).kind, 'unread');
  writeFileSync(join(folder, 'cgroup.procs'), '7\n'.repeat(1_001));
  assert.deepEqual(await remainsIn(group, died), { kind: 'unread', why: 'E2BIG' });
});

test('a group outside of what is mounted, or above our namespace, has no place', () => {
  const mounts = '41 31 0:38 /pods/a /sys/fs/cgroup ro - cgroup2 cgroup rw\n';
  const at = (path: string) => placeOf(mounts, { version: 2, controllers: [], path });
  assert.deepEqual(at('/pods/a/b'), { folder: '/sys/fs/cgroup/b', mount: '/sys/fs/cgroup' });
  assert.equal(at('/pods/ab'), null);
  const all = mounts.replace('/pods/a ', '/ ');
  assert.equal(placeOf(all, { version: 2, controllers: [], path: '/../x' }), null);
  assert.deepEqual(membershipsIn('1:name=systemd:/a:b\n0::/\n'), [
    { version: 1, controllers: ['name=systemd'], path: '/a:b' },
    { version: 2, controllers: [], path: '/' },
  ]);
});

test('a group whose members cannot be read fails', async () => {
  await assert.rejects(membersOf({ folder: '/proc/self/status', mount: '/' }), { code: 'ENOTDIR' });
});

test('connections to other machines are counted, and none of this one', async (t) => {
  const line = (remote: string, state: string, inode: string) =>
    `   0: 0100007F:98C3 ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 2 0 100 0 0 10 0`;
  const table = [
    '  sl  local_address rem_address   st',
    line('0100007F:1F90', '01', '1'),
    line('08080808:01BB', '01', '2'),
    line('08080808:01BB', '06', '3'),
    line('0000000000000000FFFF00000100007F:1F90', '01', '4'),
    line('0000000000000000FFFF000008080808:01BB', '01', '5'),
    line('00000000000000000000000001000000:1F90', '01', '6'),
  ];
  assert.deepEqual(outgoingIn(table.join('\n')), ['2', '5']);
  assert.equal(typeof (await connectionsOf(process.pid)), 'number');
  assert.equal(await connectionsOf((await run(t)).pid), 0);
  assert.equal(await connectionsOf(2 ** 22 + 1), null);
});

test(
  'what an engine has left in its cgroup is known after its death',
  { skip: whyNoGroup(1) },
  async (t) => {
    const rig = createDetectorRig(t);
    const { engine, helper } = await runFamily(t, makeGroup(t, 1), { forks: false });
    const pidFile = join(rig.folder, 'pid');
    writeFileSync(pidFile, String(engine.pid));
    const liveness = [{ kind: 'process' as const, everyMs: 50, pidFile }];
    const detector = await rig.start({ liveness });
    await eventually('it is found', () => rig.record().instance.pid === engine.pid);
    engine.child.kill('SIGKILL');
    await eventually('its death is told and kept', () => rig.record().ended === 'reported');
    await detector.stop(); // what is noted outlives it
    const whose = { stateFolder: rig.folder, engineId: 'desk', place: placeHere('this-host') };
    const remains = await remainsOf(engine, whose);
    assert.deepEqual(remains, {
      kind: 'looked',
      left: [{ pid: helper, name: 'sleep', isFork: false, connections: 0 }],
    });
    const another = { pid: engine.pid, startTicks: '1' };
    assert.deepEqual(await remainsOf(another, whose), { kind: 'unknown' });
  },
);
