/**
 * Shadow checkpoints in the store of artifacts: `shadows/<engine>/<time>-<writer>-<hash>`.
 *
 * Invariants: nothing is changed in place; the new one is there before an old one goes; what is read is
 * judged by its seal, so that a damaged one is told as that, and never as one that is not there.
 */
import type { CheckpointFile, Shadows } from '../../activities/ports.js';
import { contentRead, LARGEST_CHECKPOINT } from '../../workflows/domain/checkpoints/layout.js';
import {
  beyondKept,
  shadowName,
  shadowsAmong,
} from '../../workflows/domain/checkpoints/shadows/names.js';
import { encodeCheckpoint, takenAtMs } from '../../workflows/domain/engine/checkpoint.js';
import { hashOf, type Blobs } from './blobs.js';

export function createShadows(blobs: Blobs): Shadows {
  const list: Shadows['list'] = async (engineId) =>
    shadowsAmong(await blobs.list(folderOf(engineId)));
  return {
    list,
    open: (engineId, name) => open(blobs, `${folderOf(engineId)}/${name}`),
    async write(checkpoint, keep) {
      const { engineId, instanceId } = checkpoint.header;
      const folder = folderOf(engineId);
      const content = Buffer.from(encodeCheckpoint(checkpoint));
      const name = shadowName(takenAtMs(checkpoint.header), instanceId, hashOf(content));
      await blobs.keep(`${folder}/${name}`, content);
      for (const old of beyondKept(await list(engineId), keep)) {
        await blobs.remove(`${folder}/${old.name}`);
      }
    },
  };
}

function folderOf(engineId: string): string {
  return `shadows/${hashOf(Buffer.from(engineId))}`;
}

async function open(blobs: Blobs, name: string): Promise<CheckpointFile | null> {
  const found = await blobs.read(name, LARGEST_CHECKPOINT);
  switch (found.state) {
    case 'absent':
      return null;
    case 'strange':
      return { unusable: 'it is no checkpoint, or too large for one' };
    case 'there':
      return { bytes: found.content, read: contentRead(found.content) };
  }
}
