/**
 * Only the process speaks for itself, and nothing odd stops who listens: lines on the liveness socket
 * that are odd in other ways, and files of the fence that are no files of ours.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createKillSwitchActivities } from '../../activities/steps/stop.js';
import type { HostPorts } from '../../activities/ports.js';
import { startHelloSource } from '../../clients/detector/sources/hello.js';
import { createFence } from '../../clients/host/fence.js';
import { parseLivenessLine } from '../../workflows/domain/engine/liveness.js';
import { eventually } from '../sandbox/engine/rig.js';
import { folderOf, run, type Running } from '../clients/host/processes.js';

const HELLO = {
  type: 'hello',
  engineId: 'desk',
  instanceId: 'desk-e1',
  pid: 42,
  startTicks: '991',
  build: '1',
  epoch: 1,
};

test('the line that the others are made from is a hello', () => {
  assert.notEqual(parseLivenessLine(JSON.stringify(HELLO)), null);
});

const ODD: Record<string, unknown[]> = {
  pid: [-1, 1.5, '42', null, 2 ** 53, NaN, [42], true],
  startTicks: [991, '-1', '1.5', '', ' 991', '991 ', '0x1', '\u0661', null],
  epoch: [-1, 1.5, '1', null, 2 ** 53, [1], true],
  engineId: [null, 1, ['desk'], 'a\u0000b', '\u001b[2K', 'x'.repeat(129)],
  instanceId: [null, 1, {}, '\u2028', '\u009b', 'x'.repeat(129)],
  build: [null, 1, 'x'.repeat(257), '\u001b]0;t\u0007'],
  type: ['Hello', 'HELLO', ' hello', ['hello'], null, 'constructor', '__proto__'],
};

for (const [field, values] of Object.entries(ODD)) {
  test(`no odd ${field} makes a hello`, () => {
    for (const value of values) {
      const line = JSON.stringify({ ...HELLO, [field]: value });
      assert.equal(parseLivenessLine(line), null, line);
    }
    const { [field as 'pid']: _, ...without } = HELLO;
    assert.equal(parseLivenessLine(JSON.stringify(without)), null, `without ${field}`);
  });
}

for (const line of [
  `[${JSON.stringify(HELLO)}]`,
  `${JSON.stringify(HELLO)}${JSON.stringify(HELLO)}`,
  `\ufeff${JSON.stringify(HELLO)}x`,
  JSON.stringify(JSON.stringify(HELLO)),
  `{"__proto__":${JSON.stringify(HELLO)}}`,
  '{"type":"goodbye"}',
  '{"type":"goodbye","reason":null}',
  '{"type":"goodbye","reason":"\\u0000"}',
  '{"type":"heartbeat","sequence":"1"}',
  '{"type":"heartbeat","sequence":1.5}',
  '{"type":"heartbeat"}',
  '['.repeat(50_000),
  '1e999',
]) {
  test(`${line.slice(0, 50)} is no message of an engine`, () => {
    assert.equal(parseLivenessLine(line), null);
  });
}

async function listening(t: TestContext) {
  const path = join(folderOf(t), 'live.sock');
  const seen: string[] = [];
  const source = await startHelloSource(
    { socket: path, owner: null },
    {
      engineId: 'desk',
      hello: async ({ pid, instanceId }: { pid: number; instanceId: string }) => {
        seen.push(`hello ${pid} ${instanceId}`);
        return null;
      },
      beat: () => undefined,
      goodbye: () => void seen.push('goodbye'),
      connection: () => undefined,
      disconnected: () => void seen.push('disconnected'),
      warn: () => undefined,
    },
  );
  t.after(() => source.stop());
  const open = (): Socket => {
    const socket = connect(path).on('error', () => undefined);
    t.after(() => socket.destroy());
    return socket;
  };
  return { seen, open };
}

const helloOf = ({ pid, startTicks }: Running, change: object = {}) =>
  `${JSON.stringify({ ...HELLO, pid, startTicks, ...change })}\n`;
const GOODBYE = '{"type":"goodbye","reason":"graceful"}\n';

test('who says goodbye before hello, or of an engine of another name, says nothing', async (t) => {
  const { seen, open } = await listening(t);
  const engine = await run(t);
  open().end(GOODBYE);
  open().end(helloOf(engine, { engineId: 'other' }) + GOODBYE);
  open().end(helloOf(engine, { engineId: '__proto__' }) + GOODBYE);
  open().write(helloOf(engine));
  await eventually('the engine is known', () => seen.length > 0);
  assert.deepEqual(seen, [`hello ${engine.pid} desk-e1`]);
});

test('half a line at the end of a stream is no message, and a line in three parts is one', async (t) => {
  const { seen, open } = await listening(t);
  const engine = await run(t);
  const line = helloOf(engine);
  open().end(line.slice(0, -2));
  const socket = open();
  for (const part of [line.slice(0, 9), line.slice(9, 30), line.slice(30)]) socket.write(part);
  await eventually('the engine is known', () => seen.length > 0);
  assert.deepEqual(
    seen.filter((one) => one.startsWith('hello')),
    [`hello ${engine.pid} desk-e1`],
  );
});

test('a hello of a pid by another start than its own has nobody watched', async (t) => {
  const { seen, open } = await listening(t);
  const engine = await run(t);
  open().write(helloOf(engine, { startTicks: '1', instanceId: 'other-start' }));
  open().write(helloOf(engine));
  await eventually('the engine is known', () => seen.some((one) => one.includes('desk-e1')));
  assert.deepEqual(
    seen.filter((one) => one.startsWith('hello') && !one.includes('desk-e1')),
    [],
  );
});

test('a thousand megabytes without a line end, and a hundred connections, hide no hello', async (t) => {
  const { seen, open } = await listening(t);
  const engine = await run(t);
  const flood = open();
  const part = Buffer.alloc(1024 * 1024, 'x');
  const write = () => {
    while (!flood.destroyed && flood.write(part));
  };
  flood.on('drain', write);
  write();
  for (let count = 0; count < 100; count += 1) open().write('{');
  open().write(helloOf(engine));
  await eventually('the engine is known', () => seen.some((one) => one.startsWith('hello')));
  flood.destroy();
});

function placeOf(t: TestContext) {
  const folder = folderOf(t);
  const place = join(folder, 'desk');
  mkdirSync(place, { recursive: true });
  return { place, fence: createFence(folder) };
}

for (const content of [
  '07',
  '+7',
  ' 7',
  '7 ',
  '7\n\n8',
  '0x7',
  '\u0667',
  '7.0',
  '\ufeff7',
  '9'.repeat(400),
]) {
  test(`an epoch file that holds ${JSON.stringify(content).slice(0, 20)} lets nobody lower through`, async (t) => {
    const { place, fence } = placeOf(t);
    writeFileSync(join(place, 'epoch'), content);
    await assert.rejects(fence.raise('desk', 6));
  });
}

const NO_FILE: readonly [what: string, make: (path: string) => void][] = [
  ['a pipe', (path) => void execFileSync('mkfifo', [path])],
  ['a folder', (path) => mkdirSync(path)],
  ['a link to nothing', (path) => symlinkSync('/nowhere/at/all', path)],
  ['a link to itself', (path) => symlinkSync(path, path)],
  ['a device without end', (path) => symlinkSync('/dev/zero', path)],
  ['a gigabyte', (path) => void execFileSync('truncate', ['-s', '1G', path])],
];

for (const [what, make] of NO_FILE.filter(([name]) => name !== 'a folder')) {
  test(`${what} in place of the kill switch keeps nobody from engaging and releasing it`, async (t) => {
    const { place, fence } = placeOf(t);
    const path = join(place, 'kill-switch.json');
    const host = createKillSwitchActivities({ fence } as unknown as HostPorts);
    const turned = { engineId: 'desk', reason: 'fat finger', by: 'ada' };
    make(path);
    assert.deepEqual(await host.turnKillSwitch({ ...turned, turn: 'engage' }), {
      wasEngaged: true,
    });
    assert.match((await fence.killSwitch('desk')).reason, /fat finger/);
    rmSync(path);
    make(path);
    assert.deepEqual(await host.turnKillSwitch({ ...turned, turn: 'release' }), {
      wasEngaged: true,
    });
    assert.equal((await fence.killSwitch('desk')).engaged, false);
  });
}

for (const [what, make] of NO_FILE) {
  test(`${what} in place of the kill switch does not release it, and nobody waits`, async (t) => {
    const { place, fence } = placeOf(t);
    make(join(place, 'kill-switch.json'));
    const engaged = await fence.killSwitch('desk').then(
      (found) => found.engaged,
      () => 'not known',
    );
    assert.notEqual(engaged, false);
  });

  test(`${what} in place of the epoch lets nobody through, and nobody waits`, async (t) => {
    const { place, fence } = placeOf(t);
    make(join(place, 'epoch'));
    await assert.rejects(fence.raise('desk', 6));
    rmSync(join(place, 'epoch'), { recursive: true });
  });
}

test('engines whose names differ by their case, or by what a path makes of them, share no fence', async (t) => {
  const { fence } = placeOf(t);
  const names = ['desk', 'Desk', 'desk ', 'desk.', 'desk%2F', 'desk/', 'a/../desk', './desk'];
  for (const [index, name] of names.entries()) await fence.raise(name, index + 1);
  for (const name of names) await fence.engage(name, `of ${name}`, 'ada');
  for (const name of names) {
    assert.ok((await fence.killSwitch(name)).reason.startsWith(`of ${name} - ada`), name);
  }
  assert.equal(await fence.release('desk', { reason: 'over', by: 'ada' }), true);
  assert.equal((await fence.killSwitch('Desk')).engaged, true);
});
