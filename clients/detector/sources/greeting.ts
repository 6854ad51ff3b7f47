/**
 * Whether a hello on the liveness socket is believed.
 *
 * Invariants: its process is seen here, and, where the engine has a user of its own, is of that user: what
 * we watch, we may kill; an instance has one connection; none takes the place of another that lives.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import { livenessOf, userOf } from '../../host/process-table.js';
import type { SourceWatch } from './source.js';

/** A socket closes a moment before, or after, what is told by it. */
const LAST_BREATH_MS = 100;
/** Of one whose place is taken: as long as its connection lasts. */
const TRY_AGAIN_MS = 1_000;

export interface Refusals {
  tell(why: string): void;
  forget(): void;
}

/** What all connections of one socket share. */
export interface Room {
  watch: SourceWatch;
  /** Of another user than ours, whose engine this is. */
  owner: { uid: number } | null;
  /** By the instance; a connection that has closed speaks for nobody. */
  speakers: Map<string, Socket>;
  refusals: Refusals;
}

export function keyOf({ pid, startTicks }: Pick<EngineInstance, 'pid' | 'startTicks'>): string {
  return `${pid}:${startTicks}`;
}

/** From then on the connection speaks for the instance. */
export async function isBelieved(
  said: EngineInstance,
  socket: Socket,
  room: Room,
): Promise<boolean> {
  const believed =
    (await isOfOwner(said, room)) &&
    (await isSeen(said, socket, room)) &&
    (await isAlone(said, room)) &&
    (await isTaken(said, socket, room));
  if (believed) room.speakers.set(keyOf(said), socket);
  return believed;
}

async function isOfOwner({ pid }: EngineInstance, { watch, owner }: Room): Promise<boolean> {
  const uid = owner === null ? null : await userOf(pid);
  if (uid === null || uid === owner?.uid) return true;
  watch.warn('hello of a process of another user: it is not watched', { pid, uid });
  return false;
}

/**
 * A process that cannot be seen while its socket stays open lives elsewhere (another container) or
 * names itself wrongly: watching it would report a death that never was. One whose socket has closed
 * meanwhile has died, and is told so.
 */
async function isSeen(
  { pid, startTicks }: EngineInstance,
  socket: Socket,
  { watch }: Room,
): Promise<boolean> {
  if ((await livenessOf(pid, startTicks)) !== 'gone') return true;
  await sleep(LAST_BREATH_MS);
  if (socket.destroyed) return true;
  const fields = { pid, startTicks };
  watch.warn('hello of a process that cannot be seen here: it is not watched', fields);
  return false;
}

/** The engine's own connection of before may be about to close. */
async function isAlone(said: EngineInstance, { watch, speakers }: Room): Promise<boolean> {
  const key = keyOf(said);
  if (speakers.has(key)) await sleep(LAST_BREATH_MS);
  if (!speakers.has(key)) return true;
  const { pid, instanceId } = said;
  const told = { pid, instanceId };
  watch.warn('a second connection says hello for an instance that has one: not believed', told);
  return false;
}

/** One in whose way another lives is asked for again until it is not, or has closed. */
async function isTaken(said: EngineInstance, socket: Socket, { watch }: Room): Promise<boolean> {
  const { pid, instanceId } = said;
  for (let asked = 0; ; asked += 1) {
    const why = await watch.hello(said);
    if (typeof why !== 'string') return true;
    const told = { pid, instanceId, why };
    if (asked === 0) watch.warn('the hello of another instance is not believed yet', told);
    await sleep(TRY_AGAIN_MS);
    if (socket.destroyed) return false;
  }
}
