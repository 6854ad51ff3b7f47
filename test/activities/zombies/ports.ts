/**
 * A host in files, so that two processes share it: who lives, who was started, asked to stop, killed.
 * Each look and each write is a pause, at which a process may be stopped.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPorts, Lease } from '../../../activities/ports.js';
import { createFence } from '../../../clients/host/fence.js';
import { createLaunches } from '../../../clients/host/launches.js';
import { failure } from '../../../workflows/failure.js';
import { SILENT } from '../../../workflows/domain/failure.js';

const ENGINE = 'desk';
export const stampOf = (epoch: number) => ({
  engineId: ENGINE,
  instanceId: `${ENGINE}-e${epoch}`,
  epoch,
  idempotencyKey: `desk/x:e${epoch}:act`,
});

/** What happened there, in order: `start`, `ask` and `kill`, each with the instance. */
export function eventsIn(folder: string): [string, string][] {
  const path = join(folder, 'events');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n').filter(Boolean);
  return lines.map((line) => line.split(' ') as [string, string]);
}

export function aliveIn(folder: string): string[] {
  const alive = new Set<string>();
  for (const [what, who] of eventsIn(folder)) {
    if (what === 'start') alive.add(who);
    else alive.delete(who);
  }
  return [...alive];
}

export function noteIn(folder: string, what: 'start' | 'ask' | 'kill', who: string): void {
  appendFileSync(join(folder, 'events'), `${what} ${who}\n`);
}

/** `pause` is called before and after whatever looks at the world or changes it. */
export function hostIn(folder: string, lease: Lease, pause: () => void): HostPorts {
  const paused = async <T>(act: () => T | Promise<T>): Promise<T> => {
    pause();
    const result = await act();
    pause();
    return result;
  };
  const around = <T extends object>(all: T): T => {
    const entries = Object.entries(all) as [string, (...given: never[]) => Promise<unknown>][];
    return Object.fromEntries(
      entries.map(([name, act]) => [
        name,
        async (...given: never[]) => paused(() => act(...given)),
      ]),
    ) as T;
  };
  const whoAnswers = () => aliveIn(folder)[0] ?? null;
  const control = {
    start: async ({ instanceId }: { instanceId: string }) => noteIn(folder, 'start', instanceId),
    ending: async () => null,
    quickHealth: async () => {
      const instanceId = whoAnswers();
      if (instanceId === null) throw failure('EngineUnreachable', 'nobody is there', SILENT);
      return { instanceId, healthy: true, hard: false, note: '' };
    },
    /** As the contract has it: what is stale is refused. */
    shutdown: async (_mode: string, { epoch }: { epoch: number }) => {
      const instanceId = whoAnswers();
      if (instanceId === null) throw failure('EngineUnreachable', 'nobody is there', SILENT);
      if (instanceId !== `${ENGINE}-e${epoch}`) throw failure('StaleEpoch', 'another one is here');
      noteIn(folder, 'ask', instanceId);
    },
  };
  const processes = {
    liveness: async () => 'gone',
    ofEngine: async () =>
      aliveIn(folder).map((instanceId) => ({ pid: 1, startTicks: '1', instanceId })),
    kill: async ({ instanceId }: { instanceId: string }) => noteIn(folder, 'kill', instanceId),
  };
  return {
    clock: { nowMs: () => Date.now() },
    lease: () => ({
      ...around({ beforeWrite: () => lease.beforeWrite() }),
      leftMs: () => lease.leftMs(),
    }),
    hasEngine: () => true,
    control: () => around(control),
    processes: around(processes),
    checkpoints: { recoveredPath: () => 'state' },
    fence: around(createFence(join(folder, 'fence'))),
    launches: around(createLaunches(join(folder, 'fence'))),
  } as unknown as HostPorts;
}
