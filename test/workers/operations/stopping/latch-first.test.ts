/** The latch is the first effect of a stop: everything that is asked afterwards may hang for ever. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { folderOf } from '../../../clients/host/processes.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { relight, writeConfig } from '../../processes/parts.js';

/** Takes every connection and answers none; tells of each what was so when it came. */
async function openHole<T>(t: TestContext, look: () => T) {
  const seen: T[] = [];
  const open: Socket[] = [];
  const server = createServer((socket) => {
    seen.push(look());
    open.push(socket);
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { seen, port: (server.address() as AddressInfo).port };
}

function configWith(
  folder: string,
  { temporal, venue }: Record<'temporal' | 'venue', { port: number }>,
): string {
  const secret = { file: join(folder, 'secret') };
  const kraken = {
    ccxt: 'kraken',
    url: `http://127.0.0.1:${venue.port}`,
    apiKey: secret,
    secret,
    instruments: ['BTC/USD'],
  };
  const address = `127.0.0.1:${temporal.port}`;
  return writeConfig(folder, { temporal: { address }, venues: { kraken } });
}

test('with Temporal, a venue and the engine that hang, every one of them is asked after the latch', async (t) => {
  const folder = folderOf(t);
  const latch = join(folder, 'data', 'fence', 'desk', 'kill-switch.json');
  const isLatched = () => existsSync(latch);
  const [temporal, venue] = [await openHole(t, isLatched), await openHole(t, isLatched)];
  const path = configWith(folder, { temporal, venue });
  const command = relight(t, ['shutdown', '--reason', 'fat finger', '--config', path]);
  await eventually('all are asked', () => temporal.seen.length > 0 && venue.seen.length > 0);
  assert.match(command.seen.stdout, /^desk: kill switch engaged\n/);
  command.kill('SIGKILL');
  assert.deepEqual(new Set([...temporal.seen, ...venue.seen]), new Set([true]));
});

test('it goes on where nobody reads of it any more, and where its terminal is gone', async (t) => {
  const folder = folderOf(t);
  const latch = join(folder, 'data', 'fence', 'desk', 'kill-switch.json');
  const [temporal, venue] = [await openHole(t, () => 0), await openHole(t, () => 0)];
  const path = configWith(folder, { temporal, venue });
  const command = relight(t, ['shutdown', '--reason', 'fat finger', '--config', path]);
  command.unread();
  await eventually('it is latched', () => existsSync(latch));
  command.kill('SIGHUP');
  await eventually('the venue is asked', () => venue.seen.length > 0);
  command.kill('SIGKILL');
});
