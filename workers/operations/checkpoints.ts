/** Checkpoint files as the command line looks at them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointAnswer } from '../../clients/cli/operations.js';
import { validateCheckpoint, type Checkpoint } from '../../workflows/domain/engine/checkpoint.js';
import { composeHost } from '../compose/host.js';
import { engineOf } from '../config/engines.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';

const LOOKED_AT = 5;

/** The newest that is valid; null where none of the last few is. */
export async function validateNewest(
  config: Config,
  engineId: string,
): Promise<{ name: string; checkpoint: Checkpoint } | null> {
  for (const { name, bytes } of await composeHost(config).checkpoints.newest(engineId, LOOKED_AT)) {
    const { checkpoint, valid } = validate(config, engineId, bytes);
    if (valid && checkpoint !== null) return { name, checkpoint };
  }
  return null;
}

/** Of the file, or of the engine's newest where none is named. */
export async function verifyCheckpoint(
  config: Config,
  engineId: string,
  file: string | null,
): Promise<CheckpointAnswer> {
  const { path, bytes } =
    file === null ? await newestOf(config, engineId) : await readCheckpoint(file);
  const { checkpoint, ...verdict } = validate(config, engineId, bytes);
  const contents =
    checkpoint === null
      ? { sequence: null, orders: null, positions: null }
      : {
          sequence: checkpoint.header.sequence,
          orders: checkpoint.state.orders.length,
          positions: checkpoint.state.positions.length,
        };
  return { path, ...verdict, ...contents };
}

function validate(config: Config, engineId: string, bytes: Uint8Array) {
  const { oldMs, absurdQuantity } = engineOf(config, engineId).policy.checkpoint;
  return validateCheckpoint(bytes, { engineId, nowMs: Date.now(), oldMs, absurdQuantity });
}

async function newestOf(config: Config, engineId: string) {
  const { written } = engineOf(config, engineId).checkpoints;
  const [newest] = await composeHost(config).checkpoints.newest(engineId, 1);
  if (newest === undefined)
    throw new ConfigError(`There is no checkpoint of ${engineId} in ${written}`);
  return { path: join(written, newest.name), bytes: newest.bytes };
}

async function readCheckpoint(path: string): Promise<{ path: string; bytes: Buffer }> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`The checkpoint ${path} cannot be read (${error.code})`);
  });
  return { path, bytes };
}
