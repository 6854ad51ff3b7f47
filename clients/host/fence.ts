/**
 * The host's own memory of epochs and of the kill switch: plain files, so that stopping works
 * without Temporal, and a stale worker cannot act even when it has missed everything.
 */
import { join } from 'node:path';
import pLimit from 'p-limit';
import { z } from 'zod';
import type { Fence } from '../../activities/ports.js';
import { failure } from '../../workflows/failure.js';
import { writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { fileNameOf } from '../files/names.js';

const KillSwitchFile = z.object({ reason: z.string(), by: z.string(), engagedAt: z.string() });
type KillSwitchFile = z.infer<typeof KillSwitchFile>;

export interface KillSwitch extends Fence {
  engage(engineId: string, reason: string, by: string): Promise<void>;
  /** False where it was not engaged. */
  release(engineId: string): Promise<boolean>;
}

export function createFence(folder: string, files: Files = disk): KillSwitch {
  const epochPath = (engineId: string) => join(folder, fileNameOf(engineId), 'epoch');
  const switchPath = (engineId: string) => join(folder, fileNameOf(engineId), 'kill-switch.json');
  const read = async (path: string) => (await files.read(path))?.toString() ?? null;
  async function raise(engineId: string, epoch: number): Promise<void> {
    const seen = epochIn(await read(epochPath(engineId)), engineId);
    if (epoch < seen) {
      throw failure('StaleEpoch', `Epoch ${epoch} of ${engineId} is stale: the host saw ${seen}`);
    }
    if (epoch > seen) await writeAtomically(epochPath(engineId), String(epoch), files);
  }

  const oneAtATime = pLimit(1);
  return {
    // One after the other: side by side, a lower epoch could be written over a higher one.
    raise: (engineId, epoch) => oneAtATime(() => raise(engineId, epoch)),
    async killSwitch(engineId) {
      const file = await read(switchPath(engineId));
      if (file === null) return { engaged: false, reason: '' };
      return { engaged: true, reason: reasonOf(file) };
    },
    async engage(engineId, reason, by) {
      const content: KillSwitchFile = { reason, by, engagedAt: new Date().toISOString() };
      await writeAtomically(switchPath(engineId), JSON.stringify(content), files);
    },
    async release(engineId) {
      const engaged = (await read(switchPath(engineId))) !== null;
      await files.remove(switchPath(engineId));
      return engaged;
    },
  };
}

/** A damaged file lets nobody through: what it said may have been higher than any epoch. */
function epochIn(file: string | null, engineId: string): number {
  if (file === null) return 0;
  if (/^\d+$/.test(file)) return Number(file);
  throw failure('StaleEpoch', `The epoch file of ${engineId} is damaged: it holds no number`);
}

/** Any file there engages the switch, a damaged one too. */
function reasonOf(file: string): string {
  try {
    const { reason, by, engagedAt } = KillSwitchFile.parse(JSON.parse(file));
    return `${reason} - ${by}, ${engagedAt}`;
  } catch {
    return 'engaged; its file is damaged';
  }
}
