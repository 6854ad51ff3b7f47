/**
 * The engine's own socket, and what is refused on it.
 *
 * Invariants: the socket is its owner's alone; a line that is too long or not of the protocol is refused,
 * which is said once until the next hello that is none.
 */
import { chmod, chown, open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { writingIn } from '../../files/writing.js';
import type { EngineOwner, Running } from '../probes/probe.js';
import { createConversations } from './conversation.js';
import type { Refusals } from './greeting.js';
import { taken } from './socket-claim.js';
import { defineSource, type SourceWatch } from './source.js';

export const helloSource = defineSource('socket', ({ socket }, watch, { owner }) =>
  startHelloSource({ socket, owner }, watch),
);

/** At a place that is claimed: nothing of another owner is taken away. */
export async function startHelloSource(
  { socket: path, owner }: { socket: string; owner: EngineOwner | null },
  watch: SourceWatch,
): Promise<Running> {
  const connections = new Set<Socket>();
  const conversations = createConversations({ watch, owner }, createRefusals(watch));
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    conversations.listen(socket);
  });
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? taken(path) : error);
    });
    server.listen(path, resolve);
  });
  await writingIn(dirname(path), listening);
  await handOver(path, owner);
  return {
    stop: async () => {
      for (const socket of connections) {
        socket.removeAllListeners('close'); // we close it: that tells nothing of the engine
        socket.destroy();
      }
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** Of Linux; Node does not name it. A file is opened as a place, not for its content. */
const O_PATH = 0o10000000;

/** By the file itself: in a folder of the engine's user, the name may be another file by now. */
async function handOver(path: string, owner: EngineOwner | null): Promise<void> {
  const place = await open(path, O_PATH | constants.O_NOFOLLOW);
  try {
    if (!(await place.stat()).isSocket()) throw new Error(`${path} is no socket any more`);
    const same = `/proc/self/fd/${place.fd}`;
    await chmod(same, 0o600);
    if (owner !== null) await chown(same, owner.uid, owner.gid);
  } finally {
    await place.close();
  }
}

/** An engine that is refused says the same every second, or connects again and again. */
function createRefusals(watch: SourceWatch): Refusals {
  const told = new Set<string>();
  return {
    tell(why) {
      if (told.has(why)) return;
      told.add(why);
      watch.warn('a line on the liveness socket is refused: who sends it is not watched', { why });
    },
    forget: () => told.clear(),
  };
}
