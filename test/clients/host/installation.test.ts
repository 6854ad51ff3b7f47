/** Whose an engine's process is: several installations with engines of one id, and real processes of theirs. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  INSTALLATION_VARIABLE,
  keepInstallation,
  markOf,
  whoseFor,
} from '../../../clients/host/installation.js';
import { createProcessTable, ENGINE_VARIABLE } from '../../../clients/host/process-table.js';
import { whyNoNamespace } from '../../needs.js';
import { folderOf, run, type Running } from './processes.js';

const ENGINE = `marked-${process.pid}`;

async function openTwo(t: TestContext) {
  const root = folderOf(t);
  const [own, other] = [join(root, 'own'), join(root, 'other')] as const;
  for (const dataDir of [own, other]) {
    mkdirSync(dataDir);
    await keepInstallation(dataDir);
  }
  return { root, own, other };
}

const tableOf = (dataDir: string) => createProcessTable(undefined, whoseFor(dataDir));
/** Under which name an installation sees which process. */
const seenBy = async (dataDir: string) =>
  new Map((await tableOf(dataDir).ofEngine(ENGINE)).map((one) => [one.pid, one.instanceId]));
const asOf = async (dataDir: string) => ({
  [ENGINE_VARIABLE]: ENGINE,
  RELIGHT_INSTANCE: 'e1',
  [INSTALLATION_VARIABLE]: await markOf(dataDir),
});
const killedBy = async (dataDir: string, process: Running) => {
  await tableOf(dataDir).kill(process, 'SIGKILL');
  await process.exited;
};

test('each installation sees its own engine of one id and no other; one without a mark is of all', async (t) => {
  const { own, other } = await openTwo(t);
  const [mine, theirs] = [
    await run(t, { env: await asOf(own) }),
    await run(t, { env: await asOf(other) }),
  ];
  assert.deepEqual([...(await seenBy(own)).keys()], [mine.pid]);
  assert.deepEqual([...(await seenBy(other)).keys()], [theirs.pid]);
  for (const mark of [undefined, '', 'no mark', 'id:', ':relative/folder']) {
    const env = {
      [ENGINE_VARIABLE]: ENGINE,
      ...(mark === undefined ? {} : { [INSTALLATION_VARIABLE]: mark }),
    };
    const byHand = await run(t, { env });
    for (const dataDir of [own, other]) assert.ok((await seenBy(dataDir)).has(byHand.pid), mark);
    await killedBy(own, byHand);
  }
  await killedBy(own, mine);
  assert.deepEqual([...(await seenBy(own)).keys()], []);
});

test('its number is drawn once, and for its owner alone; a damaged one is drawn anew', async (t) => {
  const { own } = await openTwo(t);
  const path = join(own, 'installation.json');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const before = readFileSync(path, 'utf8');
  await keepInstallation(own);
  assert.equal(readFileSync(path, 'utf8'), before);
  const engine = await run(t, { env: await asOf(own) });
  writeFileSync(path, '');
  await keepInstallation(own);
  assert.notEqual(readFileSync(path, 'utf8'), before);
  assert.deepEqual([...(await seenBy(own))], [[engine.pid, 'e1']]); // by its folder
  rmSync(path);
  await killedBy(own, engine);
});

test('one that was moved, linked, or whose disk is away is the one it was', async (t) => {
  const { root, own, other } = await openTwo(t);
  const env = await asOf(own);
  const first = await run(t, { env });
  const link = join(root, 'link');
  symlinkSync(own, link);
  assert.equal(await markOf(link), await markOf(own));
  assert.deepEqual([...(await seenBy(link))], [[first.pid, 'e1']]);
  const moved = join(root, 'moved');
  renameSync(own, moved);
  assert.deepEqual([...(await seenBy(moved))], [[first.pid, 'e1']]);
  assert.deepEqual([...(await seenBy(own))], [[first.pid, 'e1']]); // nothing is there any more
  mkdirSync(own); // another begins where it was
  await keepInstallation(own);
  assert.deepEqual([...(await seenBy(moved))], [[first.pid, 'e1']]);
  assert.deepEqual([...(await seenBy(other)).values()].map(isDoubted), [true]);
  await killedBy(moved, first);
});

test('no agent begins on a copy of a folder that is there; one that was moved, renamed or linked is taken', async (t) => {
  const { root, own } = await openTwo(t);
  const copy = join(root, 'copy');
  cpSync(own, copy, { recursive: true });
  const before = readFileSync(join(copy, 'installation.json'), 'utf8');
  const refused = {
    name: 'FolderIsCopy',
    message: /copy is a copy of .*own, .*Name an empty folder/,
  };
  await assert.rejects(keepInstallation(copy), refused);
  assert.equal(readFileSync(join(copy, 'installation.json'), 'utf8'), before);
  const link = join(root, 'link');
  symlinkSync(own, link);
  await keepInstallation(link);
  const moved = join(root, 'moved');
  renameSync(own, moved);
  await keepInstallation(moved);
  await assert.doesNotReject(keepInstallation(copy)); // what it was made of is nowhere it knows
  rmSync(join(moved, 'installation.json'));
  await keepInstallation(moved);
});

const isDoubted = (instanceId: string) =>
  instanceId.startsWith('e1 (perhaps of the installation in /');

test('what may be of a copy, or of one that is gone, counts as living and is not killed', async (t) => {
  const { root, own, other } = await openTwo(t);
  const copy = join(root, 'copy');
  cpSync(own, copy, { recursive: true });
  const [mine, theirs] = [
    await run(t, { env: await asOf(own) }),
    await run(t, { env: await asOf(other) }),
  ];
  const seen = await seenBy(copy);
  assert.deepEqual([...seen.keys()], [mine.pid]);
  assert.deepEqual([...seen.values()].map(isDoubted), [true]);
  await assert.rejects(killedBy(copy, mine), /may be of the installation whose dataDir is .*\/own/);
  assert.deepEqual([...(await seenBy(own))], [[mine.pid, 'e1']]);
  rmSync(other, { recursive: true });
  assert.equal(isDoubted((await seenBy(own)).get(theirs.pid) ?? ''), true);
  await assert.rejects(killedBy(own, theirs), { type: 'NotOurs' });
  assert.equal(theirs.child.exitCode, null);
  rmSync(own, { recursive: true }); // then the copy is what it was moved to
  await killedBy(copy, mine);
});

test('the instance that is watched stays ours under another mark, and is not killed in doubt', async (t) => {
  const { root, own, other } = await openTwo(t);
  const copy = join(root, 'copy');
  cpSync(own, copy, { recursive: true });
  const running = await run(t, { env: await asOf(other) });
  const { pid, startTicks } = running;
  const watched = async () => ({ pid, startTicks, instanceId: 'watched' });
  const sees = async (dataDir: string) =>
    createProcessTable(watched, whoseFor(dataDir)).ofEngine(ENGINE);
  assert.deepEqual(await sees(own), [{ pid, startTicks, instanceId: 'watched' }]);
  await killedBy(own, running);
  const copied = await run(t, { env: await asOf(own) });
  const table = createProcessTable(async () => ({ ...copied, instanceId: 'w' }), whoseFor(copy));
  assert.equal((await table.ofEngine(ENGINE)).length, 1);
  await assert.rejects(table.kill(copied, 'SIGKILL'), { type: 'NotOurs' });
});

test(
  'a folder is looked at where the process sees it: in a container the same name is another',
  { skip: whyNoNamespace() },
  async (t) => {
    const { own, other } = await openTwo(t);
    const inside = `mount --bind "$1" "$2" && exec sleep 600`;
    const command = ['unshare', '--mount', 'sh', '-c', inside, 'sh', other, own];
    const [id = ''] = (await markOf(other)).split(':');
    const env = { ...(await asOf(own)), [INSTALLATION_VARIABLE]: `${id}:${own}` };
    const there = await run(t, { command, env });
    await untilSleeping(there);
    assert.deepEqual([...(await seenBy(own)).keys()], []);
    assert.deepEqual([...(await seenBy(other)).keys()], [there.pid]);
  },
);

async function untilSleeping({ pid }: Running): Promise<void> {
  while (readFileSync(`/proc/${pid}/comm`, 'utf8') !== 'sleep\n') {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
