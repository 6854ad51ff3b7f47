/** Checkpoint files as the command line looks at them. */
import { join } from 'node:path';
import {
  GONE,
  loadCheckpoint,
  lookAtCheckpoints,
  type CheckpointFiles,
} from '../../activities/procedures/checkpoints.js';
import type { CheckpointFolder } from '../../activities/ports.js';
import type { CheckpointAnswer } from '../../clients/cli/operations.js';
import { disk } from '../../clients/files/disk.js';
import {
  chooseStateSource,
  withUnusable,
  type CheckpointCandidate,
  type StateSource,
} from '../../workflows/domain/policy/decision.js';
import { engineNamedIn, LARGEST_CHECKPOINT } from '../../workflows/domain/checkpoints/layout.js';
import { RecoveryPolicy } from '../../workflows/domain/policy/policy.js';
import { candidatesOf, newestFirst } from '../../workflows/domain/policy/newest-checkpoint.js';
import {
  validateCheckpoint,
  type Checkpoint,
  type CheckpointLimits,
  type CheckpointVerdict,
} from '../../workflows/domain/engine/checkpoint.js';
import type { Order } from '../../workflows/domain/books/state.js';
import { composeHost } from '../compose/host.js';
import { engineOf } from '../config/engines.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';
import { whyOf } from './why.js';

interface Named {
  name: string;
  checkpoint: Checkpoint;
}

/** The newest that is valid; null where none of the last few is. */
export async function validateNewest(config: Config, engineId: string): Promise<Named | null> {
  const { checkpoints } = composeHost(config);
  const wanted = { folder: 'written', most: 1 } as const;
  const { valid } = await validIn(checkpoints, limitsOf(config, engineId), wanted);
  return valid[0] ?? null;
}

interface Wanted {
  folder: CheckpointFolder;
  /** Of the valid ones, how many count. */
  most: number;
}

/** Newest first; `seen`: of all that were looked at. */
async function validIn(
  files: CheckpointFiles,
  limits: CheckpointLimits,
  { folder, most }: Wanted,
): Promise<{ valid: Named[]; seen: number }> {
  const { engineId } = limits;
  const looked = await lookAtCheckpoints(files, { engineId, folder }, limits);
  const good = newestFirst(looked).filter(({ verdict }) => verdict.valid);
  const valid: Named[] = [];
  for (const { name } of good.slice(0, most)) {
    const { checkpoint } = await loadCheckpoint(files, { engineId, folder, name }, limits);
    if (checkpoint !== null) valid.push({ name, checkpoint });
  }
  return { valid, seen: looked.length };
}

const KEPT = [
  { folder: 'written', most: 1, what: 'its checkpoints' },
  { folder: 'recovered', most: 5, what: 'its recovered checkpoints' },
] as const;

/**
 * Orders that an engine had for its own, by its newest valid checkpoint and by those that recoveries
 * wrote, where orders stand that it adopted. `doubt`: why there may be more; null where there is none.
 */
export async function ordersKept(
  config: Config,
  engineId: string,
): Promise<{ orders: Order[]; doubt: string | null }> {
  const { checkpoints } = composeHost(config);
  const limits = limitsOf(config, engineId);
  const kept = await Promise.all(
    KEPT.map(async ({ what, ...wanted }) => {
      try {
        const { valid, seen } = await validIn(checkpoints, limits, wanted);
        const doubts = seen > 0 && valid.length === 0 ? [`none of ${what} is valid`] : [];
        return { orders: valid.flatMap(({ checkpoint }) => checkpoint.state.orders), doubts };
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

/** Of the engine's newest. */
export async function verifyCheckpoint(
  config: Config,
  engineId: string,
): Promise<CheckpointAnswer> {
  return answerOf(await newestOf(config, limitsOf(config, engineId)));
}

/**
 * Of a file alone. Whose it is, it says itself, unless a person does; by which age it is old, the configuration
 * says where there is one that has its engine.
 */
export async function verifyFile(
  file: string,
  { config, engineId: named }: { config: Config | null; engineId: string | undefined },
): Promise<CheckpointAnswer> {
  const bytes = await bytesOf(file);
  const engineId = named ?? engineNamedIn(bytes) ?? '';
  const isKnown = config !== null && Object.hasOwn(config.engines, engineId);
  const limits = isKnown ? limitsOf(config, engineId) : { engineId, ...byDefault() };
  return answerOf({ path: file, verdict: validateCheckpoint(bytes, limits) });
}

function answerOf({ path, verdict }: Verified): CheckpointAnswer {
  const { checkpoint, valid, errors, warnings, ageMs } = verdict;
  const contents =
    checkpoint === null
      ? { sequence: null, orders: null, positions: null }
      : {
          sequence: checkpoint.header.sequence,
          orders: checkpoint.state.orders.length,
          positions: checkpoint.state.positions.length,
        };
  return { path, valid, errors, warnings, ageMs, ...contents };
}

function byDefault(): Omit<CheckpointLimits, 'engineId'> {
  const { oldMs, absurdQuantity } = RecoveryPolicy.parse({}).checkpoint;
  return { nowMs: Date.now(), oldMs, absurdQuantity };
}

export function limitsOf(config: Config, engineId: string): CheckpointLimits {
  const { oldMs, absurdQuantity } = engineOf(config, engineId).policy.checkpoint;
  return { engineId, nowMs: Date.now(), oldMs, absurdQuantity };
}

interface Verified {
  path: string;
  verdict: CheckpointVerdict;
}

const LOOKS = 3;

/** The newest of one look may be gone by the next, where the engine writes on. */
async function newestOf(config: Config, limits: CheckpointLimits): Promise<Verified> {
  for (let look = 1; ; look += 1) {
    const found = await newestNow(config, limits);
    if (look === LOOKS || !found.verdict.errors.includes(GONE)) return found;
  }
}

async function newestNow(config: Config, limits: CheckpointLimits): Promise<Verified> {
  const { engineId } = limits;
  const { checkpoints } = composeHost(config);
  const { written } = engineOf(config, engineId).checkpoints;
  if (written === null) {
    throw new ConfigError(
      `${engineId} writes no checkpoints: engines.${engineId}.checkpoints.written`,
    );
  }
  const where = { engineId, folder: 'written' } as const;
  const [newest] = await candidatesIn(checkpoints, limits);
  if (newest === undefined) {
    throw new ConfigError(`There is no checkpoint of ${engineId} in ${written}`);
  }
  const { name, warnings, doubts = [] } = newest;
  const verdict = await loadCheckpoint(checkpoints, { ...where, name }, limits);
  const told = [...new Set([...verdict.warnings, ...warnings, ...doubts])];
  return { path: join(written, name), verdict: { ...verdict, warnings: told } };
}

/** Newest first, as a recovery would find them that knows of no crash yet. */
async function candidatesIn(
  files: CheckpointFiles,
  limits: CheckpointLimits,
): Promise<CheckpointCandidate[]> {
  const { engineId, nowMs } = limits;
  const looked = await lookAtCheckpoints(files, { engineId, folder: 'written' }, limits);
  return candidatesOf(looked, { atMs: nowMs, writers: null }, nowMs);
}

interface ToRecoverFrom {
  checkpoints: CheckpointCandidate[];
  source: StateSource;
  /** What is in it; null where the exchanges are the source. */
  checkpoint: Checkpoint | null;
}

/** What a recovery would begin with now; fails with the codes of `node:fs`. */
export async function stateToRecoverFrom(config: Config, engineId: string): Promise<ToRecoverFrom> {
  const limits = limitsOf(config, engineId);
  const { checkpoints: files } = composeHost(config);
  const { policy } = engineOf(config, engineId);
  const unusable: CheckpointCandidate[] = [];
  for (;;) {
    const checkpoints = withUnusable(await candidatesIn(files, limits), unusable);
    const source = chooseStateSource(checkpoints, policy);
    if (source.kind === 'exchanges') return { checkpoints, source, checkpoint: null };
    const { name, sequence } = source;
    const where = { engineId, folder: 'written' as const, name };
    const { checkpoint, errors } = await loadCheckpoint(files, where, limits);
    if (checkpoint !== null) return { checkpoints, source, checkpoint };
    unusable.push({ name, valid: false, ageMs: null, sequence, errors, warnings: [] });
  }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const bytes = await disk.read(path, LARGEST_CHECKPOINT).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`The checkpoint ${path} cannot be read (${error.code})`);
  });
  if (bytes === null) throw new ConfigError(`There is no checkpoint ${path}`);
  return bytes;
}
