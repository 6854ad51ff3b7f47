/** The liveness socket of an engine that runs as another user than the agent. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { startHelloSource } from '../../../clients/detector/sources/hello.js';
import { whyNotRoot } from '../../needs.js';
import { eventually } from '../../sandbox/engine/rig.js';
import { folderOf, run } from '../host/processes.js';

const NOBODY = 65_534;

test(
  "an engine of its own user cannot have another's process watched, and so killed",
  { skip: whyNotRoot() },
  async (t) => {
    const folder = folderOf(t);
    chmodSync(folder, 0o711);
    const path = join(folder, 'live.sock');
    const watched: number[] = [];
    const warned: string[] = [];
    const watch = {
      engineId: 'desk',
      hello: async ({ pid }: { pid: number }) => {
        watched.push(pid);
        return null;
      },
      goodbye: () => undefined,
      beat: () => undefined,
      connection: () => undefined,
      disconnected: () => undefined,
      warn: (message: string) => void warned.push(message),
    };
    const source = await startHelloSource(
      { socket: path, owner: { uid: NOBODY, gid: NOBODY } },
      watch,
    );
    t.after(() => source.stop());
    const victim = await run(t);
    const own = await run(t, { command: ['sleep', '60'], uid: NOBODY });
    const socket = connect(path);
    t.after(() => socket.destroy());
    for (const { pid, startTicks } of [victim, own]) {
      const hello = {
        type: 'hello',
        engineId: 'desk',
        instanceId: 'one',
        pid,
        startTicks,
        build: '',
        epoch: 1,
      };
      socket.write(`${JSON.stringify(hello)}\n`);
    }
    await eventually('its own is watched', () => watched.length > 0);
    await eventually('the other is told of', () => warned.length > 0);
    assert.deepEqual(watched, [own.pid]);
    assert.match(warned.join(), /of another user/);
  },
);
