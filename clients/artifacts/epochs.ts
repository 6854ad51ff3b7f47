/**
 * The epochs of engines, for all workers of the control plane that share a store: marks that are only ever
 * added, and of which the highest counts, so that two workers at once can lower nothing, whatever the store
 * promises of writes that meet. On one machine `<engine>/<epoch>`, an empty file each; in a store of several
 * hosts `epochs/<engine>/<epoch, counted down>/<hash>`, so that the highest are listed first.
 *
 * Invariants: an epoch rises by a step at most, from the first one on; a store that could not be read, or
 * lists otherwise than it was told, is no store without an epoch; who raises an epoch looks once more
 * whether somebody has gone further meanwhile.
 */
import { join } from 'node:path';
import type { Epochs } from '../../activities/ports.js';
import { epochFault, isEpoch, LAST_EPOCH } from '../../workflows/domain/engine/epochs.js';
import { failure } from '../../workflows/failure.js';
import { keepName, writeAtomically } from '../files/atomic.js';
import { disk } from '../files/disk.js';
import type { Files } from '../files/files.js';
import { fileNameOf } from '../files/names.js';
import { hashOf, unreachable, type Blobs } from './blobs.js';

/** A page of a bucket. */
const LOOKED_AT = 1_000;

export function createEpochs(folder: string, files: Files = disk): Epochs {
  /** As this process knows. */
  const onDisk = new Map<string, number>();
  return {
    async raise(engineId, epoch) {
      const marks = join(folder, fileNameOf(engineId));
      const look = async () => epochsIn(await files.list(marks));
      const seen = await look();
      const highest = highestOf(seen);
      refuseBelow(highest, { engineId, epoch, where: marks });
      if (highest === epoch) {
        if (onDisk.get(engineId) !== epoch) await keepName(join(marks, String(epoch)), files);
        onDisk.set(engineId, epoch);
        return;
      }
      await writeAtomically(join(marks, String(epoch)), '', files);
      onDisk.set(engineId, epoch);
      await Promise.all(seen.map((old) => files.remove(join(marks, String(old)))));
      refuseBelow(highestOf(await look()), { engineId, epoch, where: marks });
    },
  };
}

/** In the store that hosts share. */
export function createSharedEpochs(blobs: Blobs): Epochs {
  /** As this process knows. */
  const kept = new Map<string, number>();
  return {
    async raise(engineId, epoch) {
      const raised = { engineId, epoch, where: blobs.title };
      const highest = await highestIn(blobs, engineId);
      refuseBelow(highest, raised);
      if (highest === epoch && kept.get(engineId) === epoch) return;
      const { name, content } = markOf(engineId, epoch);
      await blobs.keep(name, content);
      kept.set(engineId, epoch);
      const now = await highestIn(blobs, engineId);
      if (now === null || now < epoch) {
        throw unreachable(blobs.title, 'does not list what it has just taken');
      }
      refuseBelow(now, raised);
    },
  };
}

interface Raised {
  engineId: string;
  epoch: number;
  /** Of the marks, for people. */
  where: string;
}

function refuseBelow(highest: number | null, { engineId, epoch, where }: Raised): void {
  if (highest !== null && epoch < highest) {
    throw failure(
      'StaleEpoch',
      `Epoch ${epoch} of ${engineId} is stale: a recovery is at ${highest}`,
    );
  }
  const fault = epochFault(highest ?? epoch, epoch);
  if (fault === null) return;
  throw failure('EpochOutOfBounds', `Epoch ${epoch} of ${engineId} ${fault} (${where})`);
}

function highestOf(seen: readonly number[]): number | null {
  return seen.length === 0 ? null : Math.max(...seen);
}

async function highestIn(blobs: Blobs, engineId: string): Promise<number | null> {
  const names = await blobs.list(folderOf(engineId), LOOKED_AT);
  return highestOf(names.flatMap((name) => epochIn(engineId, name) ?? []));
}

function folderOf(engineId: string): string {
  return `epochs/${hashOf(Buffer.from(engineId))}`;
}

const DIGITS = String(LAST_EPOCH).length;

function markOf(engineId: string, epoch: number) {
  const content = Buffer.from(JSON.stringify({ engineId, epoch }));
  const down = String(LAST_EPOCH - epoch).padStart(DIGITS, '0');
  return { name: `${folderOf(engineId)}/${down}/${hashOf(content)}`, content };
}

/** Null where no mark of ours has such a name. */
function epochIn(engineId: string, name: string): number | null {
  const [down = ''] = name.split('/');
  const epoch = /^\d{15}$/.test(down) ? LAST_EPOCH - Number(down) : -1;
  if (!isEpoch(epoch)) return null;
  return markOf(engineId, epoch).name === `${folderOf(engineId)}/${name}` ? epoch : null;
}

function epochsIn(names: readonly string[]): number[] {
  return names
    .filter((name) => /^\d{1,15}$/.test(name))
    .map(Number)
    .filter(isEpoch);
}
