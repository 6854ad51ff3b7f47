/**
 * Which starts of engines this host has begun, by their keys: a file for each engine, so that one that
 * was started and died is not started again under the same name.
 *
 * Invariants: a start is noted before its process is made; what cannot be read lets nothing start.
 */
import { join } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import type { Launches } from '../../activities/ports.js';
import { failure } from '../../workflows/failure.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { fileNameOf } from '../files/names.js';

const Begun = z.array(z.object({ key: z.string(), atMs: z.number() }));
type Begun = z.infer<typeof Begun>;

/** The oldest are forgotten first: their epochs are stale by then. */
const KEPT = 200;

export function createLaunches(folder: string, files: Files = disk): Launches {
  const pathOf = (engineId: string) => join(folder, fileNameOf(engineId), 'starts.json');
  const read = async (engineId: string) =>
    begunIn((await files.read(pathOf(engineId)))?.toString() ?? '[]', pathOf(engineId));
  const change = async (engineId: string, to: (begun: Begun) => Begun) => {
    const begun = to(await read(engineId)).slice(-KEPT);
    await writeAtomically(pathOf(engineId), JSON.stringify(begun), files);
  };
  const without = (key: string) => (begun: Begun) => begun.filter((one) => one.key !== key);
  const oneAtATime = pLimit(1);
  return {
    begunAtMs: async (engineId, key) =>
      (await read(engineId)).find((one) => one.key === key)?.atMs ?? null,
    begin: (engineId, key, atMs) =>
      oneAtATime(() => change(engineId, (begun) => [...without(key)(begun), { key, atMs }])),
    forget: (engineId, key) => oneAtATime(() => change(engineId, without(key))),
  };
}

function begunIn(file: string, path: string): Begun {
  try {
    return Begun.parse(JSON.parse(file));
  } catch {
    const remedy = 'see that no engine runs, and remove it';
    throw failure(
      'StartsUnreadable',
      `${path} is damaged, so what was started is not known: ${remedy}`,
    );
  }
}
