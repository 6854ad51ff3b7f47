/**
 * The engine's own socket: a hello names the process that is the engine, a goodbye makes its end a
 * planned stop.
 *
 * Invariant: a hello is believed when its process is seen here.
 */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import { parseLivenessLine, type Hello } from '../../../workflows/domain/engine/liveness.js';
import { livenessOf } from '../../host/process-table.js';
import type { Running } from '../probes/probe.js';
import type { SourceWatch } from './source.js';

const LAST_BREATH_MS = 100;

export const HelloSettings = z.object({ socket: z.string().min(1) });

export async function startHelloSource(
  { socket: path }: z.infer<typeof HelloSettings>,
  watch: SourceWatch,
): Promise<Running> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true }); // left behind by a detector that was killed
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    listen(socket, watch);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
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

function listen(socket: Socket, watch: SourceWatch): void {
  let instance: EngineInstance | null = null;
  let leaving = false;
  socket.on('error', () => undefined); // end-of-file follows and is handled below
  createInterface({ input: socket }).on('line', (line) => {
    const message = parseLivenessLine(line);
    if (message === null) watch.warn('a line on the liveness socket is not of the protocol', {});
    else if (message.type === 'hello') {
      instance = instanceOf(message);
      if (message.engineId === watch.engineId) void greet(instance, socket, watch);
      else watch.warn('another engine says hello on this socket', { engineId: message.engineId });
    } else if (message.type === 'goodbye' && instance !== null) {
      leaving = true;
      watch.goodbye(instance, message.reason);
    }
  });
  socket.once('close', () => {
    if (instance !== null && !leaving) watch.disconnected(instance);
  });
}

/**
 * A process that cannot be seen while its socket stays open lives elsewhere (another container) or
 * names itself wrongly: watching it would report a death that never was. One whose socket has closed
 * meanwhile has died, and is told so.
 */
async function greet(instance: EngineInstance, socket: Socket, watch: SourceWatch): Promise<void> {
  const { pid, startTicks } = instance;
  const seen = (await livenessOf(pid, startTicks)) !== 'gone';
  if (!seen) await sleep(LAST_BREATH_MS);
  if (seen || socket.destroyed) watch.hello(instance);
  else
    watch.warn('hello of a process that cannot be seen here: it is not watched', {
      pid,
      startTicks,
    });
  if (!seen && socket.destroyed) watch.disconnected(instance);
}

function instanceOf({ instanceId, pid, startTicks, build, epoch }: Hello): EngineInstance {
  return { instanceId, pid, startTicks, build, epoch };
}
