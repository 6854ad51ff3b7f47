/**
 * What is said on one connection of the liveness socket: a hello names the process that is the engine, a
 * goodbye makes its end a planned stop.
 *
 * Invariants: one connection is one instance, and an instance has one connection; lines are judged in
 * the order in which they came; a hello is believed when its process is seen here, and, where the engine
 * has a user of its own, is of that user: what we watch, we may kill; only the connection that said a
 * believed hello can say goodbye, or end, for its instance.
 */
import type { Socket } from 'node:net';
import type { ToldConnection } from '../../../workflows/domain/engine/connections.js';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import {
  LONGEST_LINE,
  readLivenessLine,
  type Hello,
  type LivenessMessage,
} from '../../../workflows/domain/engine/liveness.js';
import { isBelieved, keyOf, type Refusals, type Room } from './greeting.js';
import { onLines } from './lines.js';

/** Nobody has more to say before the first is judged: a hello, and each exchange that is lost. */
const MOST_WAITING = 64;

export function createConversations(
  listening: Pick<Room, 'watch' | 'owner'>,
  refusals: Refusals,
): { listen(socket: Socket): void } {
  const room: Room = { ...listening, speakers: new Map(), refusals };
  return { listen: (socket) => listen(socket, room) };
}

function listen(socket: Socket, room: Room): void {
  const { watch, refusals } = room;
  const speaker = createSpeaker(socket, room);
  let waiting = 0;
  let spoken = Promise.resolve();
  const inOrder = (act: () => Promise<void> | void) => {
    waiting += 1;
    spoken = spoken
      .then(act)
      .catch((error: unknown) => {
        const why = (error as NodeJS.ErrnoException).code ?? 'unknown';
        watch.warn('a line on the liveness socket could not be judged', { why });
      })
      .finally(() => (waiting -= 1));
  };
  function take(line: string): void {
    const message = readLivenessLine(line);
    if (typeof message === 'string') return refusals.tell(message);
    if (message.type === 'heartbeat') return speaker.beat(message.progress);
    if (waiting >= MOST_WAITING) {
      refusals.tell('too many were sent before the first was judged: the connection is closed');
      return void socket.destroy();
    }
    inOrder(() => hear(message, speaker));
  }
  socket.on('error', () => undefined); // end-of-file follows and is handled below
  const tooLong = () => refusals.tell(`it is longer than ${LONGEST_LINE} characters`);
  onLines(socket, LONGEST_LINE, { line: take, tooLong });
  socket.once('close', () => inOrder(() => speaker.end()));
}

function hear(message: Exclude<LivenessMessage, { type: 'heartbeat' }>, speaker: Speaker) {
  switch (message.type) {
    case 'hello':
      return speaker.hello(message);
    case 'connection':
      return speaker.connection(message);
    case 'goodbye':
      return speaker.goodbye(message.reason);
  }
}

type Speaker = ReturnType<typeof createSpeaker>;

function createSpeaker(socket: Socket, room: Room) {
  const { watch, speakers, refusals } = room;
  let instance: EngineInstance | null = null;
  let leaving = false;
  return {
    async hello(message: Hello): Promise<void> {
      const { engineId, pid, instanceId } = message;
      if (instance !== null) {
        if (keyOf(instance) === keyOf(message) && engineId === watch.engineId) return;
        const first = instance.instanceId;
        const told = { first, pid, instanceId };
        return watch.warn('a second hello on one connection: it is not watched', told);
      }
      refusals.forget();
      if (engineId !== watch.engineId) {
        return watch.warn('another engine says hello on this socket', { engineId });
      }
      const said = instanceOf(message);
      if (await isBelieved(said, socket, room)) instance = said;
    },
    /** Before its hello is believed it is nobody's. */
    beat(progress?: number): void {
      if (instance !== null) watch.beat(instance, progress);
    },
    connection({ venue, state, forMs }: ToldConnection): void {
      if (instance === null) return refusals.tell('a connection came before a hello was believed');
      watch.connection(instance, { venue, state, forMs });
    },
    goodbye(reason: string): void {
      if (instance === null) return refusals.tell('a goodbye came before a hello was believed');
      leaving = true;
      watch.goodbye(instance, reason);
    },
    end(): void {
      if (instance === null) return;
      if (speakers.get(keyOf(instance)) === socket) speakers.delete(keyOf(instance));
      if (!leaving) watch.disconnected(instance);
    },
  };
}

function instanceOf({ instanceId, pid, startTicks, build, epoch }: Hello): EngineInstance {
  return { instanceId, pid, startTicks, build, epoch };
}
