/** Checkpoint files as the command line looks at them. */
import { join } from 'node:path';
import type { CheckpointAnswer } from '../../clients/cli/operations.js';
import { disk } from '../../clients/files/disk.js';
import { validateCheckpoint, type Checkpoint } from '../../workflows/domain/engine/checkpoint.js';
import type { Order } from '../../workflows/domain/books/state.js';
import { composeHost } from '../compose/host.js';
import { engineOf } from '../config/engines.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';
import { whyOf } from './why.js';

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

/**
 * Orders that an engine had for its own, by its newest valid checkpoint and by those that recoveries
 * wrote, where orders stand that it adopted. `doubt`: why there may be more; null where there is none.
 */
export async function ordersKept(
  config: Config,
  engineId: string,
): Promise<{ orders: Order[]; doubt: string | null }> {
  const { checkpoints } = composeHost(config);
  const looks = [
    { files: checkpoints.newest(engineId, LOOKED_AT), what: 'its checkpoints', most: 1 },
    {
      files: checkpoints.newestRecovered(engineId, LOOKED_AT),
      what: 'its recovered checkpoints',
      most: LOOKED_AT,
    },
  ];
  const kept = await Promise.all(
    looks.map(async ({ files, what, most }) => {
      try {
        return ordersIn(config, engineId, { files: await files, what, most });
      } catch (error) {
        return { orders: [], doubts: [`${what} cannot be read (${whyOf(error)})`] };
      }
    }),
  );
  const doubts = kept.flatMap((each) => each.doubts);
  return {
    orders: kept.flatMap(({ orders }) => orders),
    doubt: doubts.length === 0 ? null : doubts.join(', '),
  };
}

interface Kept {
  files: readonly { bytes: Uint8Array }[];
  what: string;
  /** Of the valid ones, how many count. */
  most: number;
}

function ordersIn(config: Config, engineId: string, { files, what, most }: Kept) {
  const verdicts = files.map(({ bytes }) => validate(config, engineId, bytes));
  const valid = verdicts.filter((each) => each.valid).flatMap(({ checkpoint }) => checkpoint ?? []);
  const doubts = files.length > 0 && valid.length === 0 ? [`none of ${what} is valid`] : [];
  return { orders: valid.slice(0, most).flatMap(({ state }) => state.orders), doubts };
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
  const bytes = await disk.read(path).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`The checkpoint ${path} cannot be read (${error.code})`);
  });
  if (bytes === null) throw new ConfigError(`There is no checkpoint ${path}`);
  return { path, bytes };
}
