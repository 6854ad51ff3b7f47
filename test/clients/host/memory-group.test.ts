/** Which cgroup counts the OOM kills of a process, by what the kernel says of it, for each version. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryGroupIn, oomKillsIn } from '../../../clients/host/kernel/memory-group.js';
import { folderOf } from './processes.js';

const FIRST = '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n';
const SECOND = '41 31 0:38 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n';
const CONTAINER = '41 31 0:38 /pods/a /sys/fs/cgroup ro - cgroup2 cgroup rw\n';

const CASES: [name: string, groups: string, mounts: string, path: string | null][] = [
  [
    'version 1',
    '5:cpu:/\n4:memory:/desk\n0::/\n',
    FIRST + SECOND,
    '/sys/fs/cgroup/memory/desk/memory.oom_control',
  ],
  [
    'version 1 with two controllers',
    '4:cpu,memory:/desk\n',
    FIRST,
    '/sys/fs/cgroup/memory/desk/memory.oom_control',
  ],
  [
    'version 2',
    '0::/system.slice/alpha.service\n',
    SECOND,
    '/sys/fs/cgroup/system.slice/alpha.service/memory.events',
  ],
  ['a container', '0::/pods/a/desk\n', CONTAINER, '/sys/fs/cgroup/desk/memory.events'],
  ['a group outside of what is mounted', '0::/pods/abc\n', CONTAINER, null],
  ['no group', '', SECOND, null],
  ['no mount', '0::/x\n', '', null],
];

for (const [name, groups, mounts, path] of CASES) {
  test(`the counter is found for ${name}`, () => {
    assert.equal(memoryGroupIn(groups, mounts)?.path ?? null, path);
  });
}

test('kills are counted in both forms, and what cannot be read is not none', (t) => {
  const path = join(folderOf(t), 'events');
  assert.equal(oomKillsIn({ path }), null);
  writeFileSync(path, 'low 0\nhigh 0\nmax 9\noom 2\noom_kill 3\noom_group_kill 0\n');
  assert.equal(oomKillsIn({ path }), 3);
  writeFileSync(path, 'oom_kill_disable 0\nunder_oom 0\noom_kill 1\n');
  assert.equal(oomKillsIn({ path }), 1);
  writeFileSync(path, 'oom_kill_disable 0\nunder_oom 0\n');
  assert.equal(oomKillsIn({ path }), null);
});
